import { parseClaim } from '../../../brokers/kafka/relay/claim.js'
import { lookAtSource } from '../../../brokers/kafka/restore/look-at-source.js'
import { addWhole, RecordSum } from '../../../brokers/kafka/verify/record-hash.js'
import { type LaneClaimed, type Verified, verifyCopy } from '../../../brokers/kafka/verify/verify-copy.js'
import type { RunSoFar } from '../../../core/fold.js'
import type { KafkaPlan } from '../../../core/plan.js'
import { Refusal } from '../../../errors.js'
import type { Io, Presentation } from '../../../io.js'
import type { RunFolder } from '../../../journal/run-folder.js'
import { progressOf } from '../../../present/progress.js'
import type { Links } from '../links.js'

type Subject = {
  readonly plan: KafkaPlan
  readonly state: RunSoFar
  readonly folder: RunFolder
  readonly links: Links
  readonly io: Io
  readonly present: Presentation
}

/** Reads the target of a run back and compares it with the source; progress on standard error. Throws as `verifyCopy`, and Refusal `taken`. */
export async function verifyRun(subject: Subject): Promise<Verified> {
  const { plan, folder, links, io, present } = subject
  if (await folder.alive()) throw atWork(plan.run)
  const lanes = await claimedLanes(subject)
  const total = 2n * lanes.reduce((sum, lane) => sum + lane.written, 0n)
  const widget = progressOf(io, present)
  const began = performance.now()
  let done = 0
  const progress = (records: number): void => {
    done += records
    const perSecond = (done * 1000) / Math.max(1, performance.now() - began)
    const left = Math.max(0, Number(total) - done)
    const eta = perSecond > 0 ? { etaSeconds: left / perSecond } : {}
    widget.show({ done: BigInt(done), total, perSecond, ...eta, state: 'reading back' })
  }
  try {
    return await verifyCopy({ plan, source: links.source, target: links.target, lanes, progress, signal: io.soft })
  } finally {
    widget.stop()
  }
}

const atWork = (run: string): Refusal =>
  new Refusal(`Run ${run} is at work: what it writes now would count as too much`, {
    code: 'taken',
    hint: `Wait for its end (\`spillway status ${run}\`), then verify.`,
  })

/** How far each lane is copied: by its claim at the broker, which a kill cannot leave behind; else by the journal. */
async function claimedLanes({ plan, state, folder, links }: Subject): Promise<LaneClaimed[]> {
  const parked = await parkedSums(folder)
  const standing = new Map((await lookAtSource(links.source, plan)).lanes.map(each => [each.lane, each]))
  return plan.lanes.map(({ lane, from }) => {
    const at = standing.get(lane)
    const known = state.lanes.get(lane)
    const claim = at?.claimedBy === plan.run ? parseClaim(at.metadata) : undefined
    const to = claim === undefined ? Number(known?.mark ?? from) : (at?.offset ?? Number(from))
    const written = claim?.totals.written ?? known?.written ?? 0n
    return { lane, from: Number(from), to, written, parked: parked.get(lane)?.total() ?? { records: 0, sum: 0n } }
  })
}

async function parkedSums(folder: RunFolder): Promise<Map<string, RecordSum>> {
  const sums = new Map<string, RecordSum>()
  for await (const { origin, timestamp, ...record } of folder.parked()) {
    const sum = sums.get(origin.lane) ?? new RecordSum()
    sums.set(origin.lane, sum)
    addWhole(sum, { ...record, timestamp: Number(timestamp) })
  }
  return sums
}

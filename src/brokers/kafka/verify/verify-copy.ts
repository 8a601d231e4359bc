import type { KafkaPlan } from '../../../core/plan.js'
import { LostRange, UserError } from '../../../errors.js'
import { listOffsets } from '../admin/list-offsets.js'
import { describeTopic } from '../admin/topics.js'
import type { Link } from '../link.js'
import { Leaders } from '../relay/leaders.js'
import type { LaneVerdict, SummedTarget } from './judge-lane.js'
import { judgeLane } from './judge-lane.js'
import { Misplaced } from './misplaced.js'
import { RecordSum, type Sum } from './record-hash.js'
import { sumRange } from './sum-range.js'

/** What the ledger says of one source partition, and how far it was copied. */
export type LaneClaimed = {
  readonly lane: string
  /** [from, to) of the source. */
  readonly from: number
  readonly to: number
  readonly written: bigint
  readonly parked: Sum
}

export type Verifying = {
  readonly plan: KafkaPlan
  readonly source: Link
  readonly target: Link
  readonly lanes: readonly LaneClaimed[]
  /** Told of records as they are read, both sides counted. */
  readonly progress: (records: number) => void
  readonly signal: AbortSignal
}

/** The whole comparison. `matches` only where every lane does. */
export type Verified = { readonly matches: boolean; readonly lanes: readonly LaneVerdict[] }

const AT_ONCE = 2

/**
 * Reads the copies back (read_committed) and compares them, source partition by source partition, with what the source
 * still holds of the copied range: counts, and sums of hashes over key, value, headers and timestamp. Memory does not grow
 * with either. Throws UserError `no-topic` where the target is gone, BrokerError.
 */
export async function verifyCopy(verifying: Verifying): Promise<Verified> {
  const { plan, source, target, lanes, signal } = verifying
  const there = await describeTopic(target, plan.targetTopic)
  if (there === undefined) throw gone(plan)
  const into = await Leaders.of(target, plan.targetTopic)
  const of = await sourceLeaders(source, plan)
  const left = [...lanes]
  const verdicts: LaneVerdict[] = []
  const work = async (_: unknown, worker: number) => {
    for (let lane = left.shift(); lane && !signal.aborted; lane = left.shift()) {
      const reading = { progress: verifying.progress, purpose: `verify-${worker}`, signal }
      const read = of === undefined ? undefined : await sumSource({ ...reading, link: source, leaders: of }, lane)
      const found = await sumTarget({ ...reading, link: target, leaders: into }, plan, Number(lane.lane))
      verdicts.push(judgeLane(plan, lane, { read, found }))
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  signal.throwIfAborted()
  verdicts.sort((a, b) => Number(a.lane) - Number(b.lane))
  return { matches: verdicts.every(each => each.matches), lanes: verdicts }
}

type Side = {
  readonly link: Link
  readonly leaders: Leaders
  readonly purpose: string
  readonly progress: (records: number) => void
  readonly signal: AbortSignal
}

/** Undefined where the source is not the topic any more that was copied. */
async function sourceLeaders(link: Link, plan: KafkaPlan): Promise<Leaders | undefined> {
  const found = await describeTopic(link, plan.sourceTopic)
  if (found === undefined) return undefined
  const anew = plan.sourceTopicId !== '' && found.id !== '' && found.id !== plan.sourceTopicId
  return anew ? undefined : Leaders.of(link, plan.sourceTopic)
}

/** Undefined where the log's head has moved into the range. */
async function sumSource(side: Side, { lane, from, to }: LaneClaimed): Promise<Sum | undefined> {
  const sum = new RecordSum()
  try {
    await sumRange({ ...side, partition: Number(lane), span: { from, to } }, sum)
    return sum.total()
  } catch (error) {
    if (error instanceof LostRange) return undefined
    throw error
  }
}

async function sumTarget(side: Side, plan: KafkaPlan, lane: number): Promise<SummedTarget> {
  const sources = plan.targetLanes / plan.factor
  const partitions = Array.from({ length: plan.factor }, (_, block) => lane + sources * block)
  const [starts, ends] = await Promise.all([
    listOffsets(side.link, plan.targetTopic, partitions, 'earliest'),
    listOffsets(side.link, plan.targetTopic, partitions, 'stable'),
  ])
  const sum = new RecordSum()
  const misplaced = new Misplaced(plan, sum)
  for (const partition of partitions) {
    const span = { from: starts.get(partition)?.offset ?? 0, to: ends.get(partition)?.offset ?? 0 }
    await sumRange({ ...side, partition, span }, misplaced.in(partition))
  }
  const trimmed = partitions.filter(partition => (starts.get(partition)?.offset ?? 0) > 0)
  return { ...sum.total(), misplaced: misplaced.count, trimmed }
}

const gone = ({ targetTopic, run }: KafkaPlan): UserError =>
  new UserError(`${targetTopic} is not there: there is nothing to read back`, {
    code: 'no-topic',
    hint: `After a restore that is as it should be; \`spillway report ${run}\` still has the balance sheet.`,
  })

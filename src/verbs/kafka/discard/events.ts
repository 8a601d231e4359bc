import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import { freeDisk } from '../../../brokers/kafka/discard/free-disk.js'
import { type DiscardLane, type OpenDiscard, openDiscard } from '../../../brokers/kafka/discard/open-discard.js'
import type { Link } from '../../../brokers/kafka/link.js'
import { watchSource } from '../../../brokers/kafka/relay/watch-group.js'
import { clearClaim } from '../../../brokers/kafka/restore/clear-claim.js'
import { defined } from '../../../core/defined.js'
import type { RunEvent } from '../../../core/event.js'
import { failpoint } from '../../../core/failpoint.js'
import { Refusal } from '../../../errors.js'
import type { Discarding } from '../../discard/ends.js'
import { watchRoom } from '../../discard/watch-room.js'
import { warnOf } from '../../fanout/warn.js'
import { copyLanes } from '../../run/copy-lanes.js'
import { journalledLanes } from '../journalled.js'

/** Fetched record batches in memory, over all lanes. */
const BYTES = 24 << 20

/** Claims, lets go of every lane, frees the disk where that is planned, and takes the claim off: everything that happens, in order. */
export async function* discardEvents(link: Link, running: Discarding): AsyncGenerator<RunEvent> {
  const opened = await open(link, running)
  const watching = new AbortController()
  const watch = watchOver(link, running, { opened, signal: watching.signal })
  // Its failure is thrown below, once the lanes have ended.
  watch.catch(() => undefined)
  let isOurs = true
  try {
    yield* copyLanes(opened, running, undefined)
    if (opened.lanes.every(({ finished }) => finished)) yield* finish(link, running, opened)
  } catch (error) {
    isOurs = !(error instanceof Refusal && error.code === 'fenced')
    throw error
  } finally {
    watching.abort()
    await watch
    if (isOurs && isUntouched(running, opened)) await giveBack(link, running)
  }
}

function open(link: Link, running: Discarding): Promise<OpenDiscard> {
  const { plan, mode, gate, recorder, pacer, soft, archive } = running
  const { lanes: journalled } = journalledLanes(recorder.state)
  const finished = [...recorder.state.lanes.values()].filter(lane => lane.finished)
  return openDiscard({
    link,
    plan,
    journalled,
    ends: new Map(finished.map(({ lane, mark }) => [lane, mark])),
    mode,
    nonce: randomBytes(4).toString('hex'),
    host: hostname().replace(/\s/g, '-'),
    gate,
    soft,
    grant: signal => pacer.grant(signal),
    bytes: BYTES,
    ...defined({ archive }),
  })
}

async function watchOver(
  link: Link,
  running: Discarding,
  { opened, signal }: { readonly opened: OpenDiscard; readonly signal: AbortSignal },
): Promise<void> {
  const { plan, gate } = running
  const room = plan.archive === undefined ? [] : [watchRoom({ archive: plan.archive, gate }, signal)]
  await Promise.all([watchSource(watched(link, running, opened), signal), ...room])
}

const watched = (link: Link, { plan, gate, ...running }: Discarding, { partitions }: OpenDiscard) => ({
  link,
  plan: { group: plan.group ?? '', sourceTopic: plan.topic, targetLanes: partitions, factor: 1 },
  gate,
  warn: (message: string) => void warnOf(running)(message),
})

async function* finish(link: Link, { plan, io }: Discarding, { lanes }: OpenDiscard): AsyncGenerator<RunEvent> {
  if (plan.how === 'delete-records') {
    const message = await freeDisk(link, plan.topic, { before: reached(lanes), expected: plan.expect.freesBytes })
    yield { type: 'warned', at: io.now().toISOString(), message }
  }
  failpoint('before-clear-claim')
  await clearClaim(link, claimedBy(plan), new Map())
  failpoint('after-clear-claim')
}

const reached = (lanes: readonly DiscardLane[]): Map<number, number> =>
  new Map(lanes.map(({ lane, settledAt }) => [Number(lane), settledAt]))

const claimedBy = ({ run, group = '', topic, lanes }: Discarding['plan']) => ({ run, group, sourceTopic: topic, lanes })

/** A run that ends without having let go of anything shall block nobody. */
const isUntouched = ({ recorder }: Discarding, { lanes }: OpenDiscard): boolean =>
  !lanes.every(({ finished }) => finished) &&
  lanes.every(({ hasMoved }) => !hasMoved) &&
  [...recorder.state.lanes.values()].every(({ from, mark }) => from === mark)

async function giveBack(link: Link, { plan, ...running }: Discarding): Promise<void> {
  try {
    await clearClaim(link, claimedBy(plan), new Map())
  } catch (error) {
    // What ended the run is told; this only leaves the claim of a run that can be resumed.
    await warnOf(running)(`The claim on ${plan.group} stays: ${error instanceof Error ? error.message : String(error)}`)
  }
}

import type { ArchiveWriter } from '../../../archive/ports.js'
import { openArchiveReader } from '../../../archive/reader.js'
import { rabbitmqFormat } from '../../../brokers/rabbitmq/archive/format.js'
import { keepInArchive } from '../../../brokers/rabbitmq/discard/keep-in-archive.js'
import { openQueueDiscard, type QueueDiscard } from '../../../brokers/rabbitmq/discard/open-discard.js'
import type { Keep } from '../../../brokers/rabbitmq/discard/request.js'
import { assertLeader } from '../../../brokers/rabbitmq/leader.js'
import { connect } from '../../../brokers/rabbitmq/link.js'
import { watchConsumers } from '../../../brokers/rabbitmq/watch-consumers.js'
import { watchLeader } from '../../../brokers/rabbitmq/watch-leader.js'
import { defined } from '../../../core/defined.js'
import type { DiscardPlan } from '../../../core/discard-plan.js'
import type { Mark, RunEvent } from '../../../core/event.js'
import type { Discarding } from '../../discard/ends.js'
import { watchRoom } from '../../discard/watch-room.js'
import { Allowance } from '../../run/allowance.js'
import { copyLanes } from '../../run/copy-lanes.js'
import { noteLimit, raisedLimit } from '../drain/limit.js'
import type { RabbitLinks } from '../links.js'
import { doubtsNoted, notingDoubts } from './doubting.js'
import { indexedMessages } from './indexed-messages.js'
import { againNoted, noteReady, notingKnown, notingLosses, readyNoted } from './note-ready.js'

type Working = Discarding & { readonly links: RabbitLinks }

/** Locks the queue, keeps its messages, lets go of them and watches over that: everything that happens, in order. */
export async function* discardQueue(asked: Working): AsyncGenerator<RunEvent> {
  const running = { ...asked, plan: await planOfNow(asked) }
  const { plan, recorder, io } = running
  const discard = await prepare(running)
  const watching = new AbortController()
  const watch = watchOver({ ...running, discard }, watching.signal)
  // What goes wrong in it is met at the end, where it is awaited.
  watch.catch(() => undefined)
  try {
    yield* copyLanes(discard, running, undefined)
    yield* shortfall(running)
  } catch (error) {
    await noteLimit(error, plan, { recorder, now: io.now() })
    throw error
  } finally {
    watching.abort()
    await watch.finally(() => discard.close())
  }
}

const planOfNow = async ({ plan, mode, links, recorder, soft }: Working): Promise<DiscardPlan> =>
  mode === 'resume' && plan.how !== 'purge'
    ? raisedLimit({ ...plan, queue: plan.topic }, links, { state: recorder.state, signal: soft })
    : plan

async function prepare(running: Working): Promise<QueueDiscard> {
  const { plan, links, recorder, mode, io, soft, archive, pacer } = running
  const { state } = recorder
  const { read } = state.ledger
  // The end of the lane is the limit; the pacer alone says when.
  const allowance = new Allowance(pacer, { first: undefined, already: read, lanes: 1 })
  return openQueueDiscard({
    plan,
    connect: () => connect(links.settings, `${plan.run} discard`, soft),
    journalled: { read, ...doubtsNoted(state) },
    readyAtStart: readyNoted(state),
    noteReady: noteReady(recorder, io.now),
    again: againNoted(state),
    ...notingLosses(recorder, io.now),
    ...(plan.queueType === 'classic' ? {} : { assertLeader: leaderOf(links, plan) }),
    resumed: mode === 'resume',
    allow: signal => allowance.take(signal),
    ...notingDoubts(recorder, plan.topic, io.now),
    noteKnown: notingKnown(recorder, io.now),
    ...defined({ keep: archive && (await kept(archive, plan)) }),
  })
}

const leaderOf =
  ({ management, settings: { vhost } }: RabbitLinks, { topic }: DiscardPlan) =>
  () =>
    assertLeader(management, vhost, topic)

async function kept(archive: ArchiveWriter, { topic: queue, archive: place }: DiscardPlan): Promise<Keep> {
  const folder = place?.folder ?? ''
  const indexed = await indexedMessages(folder, queue)
  const pieces = async function* (from: Mark) {
    await using reader = await openArchiveReader({ folder, format: rabbitmqFormat(queue) })
    yield* reader.pieces(queue, from)
  }
  return keepInArchive({ archive, queue, indexed, pieces })
}

async function watchOver(
  { plan, links, gate, recorder, io, discard }: Working & { readonly discard: QueueDiscard },
  signal: AbortSignal,
): Promise<void> {
  const { management, settings } = links
  const over = AbortSignal.any([signal, io.soft])
  const warn = (message: string) => recorder.record({ type: 'warned', at: io.now().toISOString(), message })
  const mostOwn = () => discard.mostConsumers()
  const watched = { look: discard.look, management, vhost: settings.vhost, queue: plan.topic, gate, warn, mostOwn }
  // What asks the management API as the stop comes throws its reason.
  const quietly = (error: unknown) => {
    if (!io.soft.aborted) throw error
  }
  await Promise.all([
    watchConsumers(watched, over).catch(quietly),
    watchLeader({ ...watched, queueType: plan.queueType, consuming: discard.consuming }, over).catch(quietly),
    ...(plan.archive === undefined ? [] : [watchRoom({ archive: plan.archive, gate }, over)]),
  ])
}

/** Complete is when the queue is empty, too: what was ready and never came has expired, or others took it. By age nobody knows how many there are. */
function* shortfall({ plan, recorder, io }: Working): Generator<RunEvent> {
  const { lanes, ledger } = recorder.state
  const missing = BigInt(plan.lanes[0]?.to ?? '0') - ledger.read
  if (plan.scope.kind !== 'all' || missing <= 0n || lanes.get(plan.topic)?.finished !== true) return
  const message = `expired or taken by others: ${missing} of the messages that were ready when the run was planned`
  yield { type: 'warned', at: io.now().toISOString(), message }
}

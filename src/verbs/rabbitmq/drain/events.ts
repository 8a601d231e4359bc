import { assertLeader } from '../../../brokers/rabbitmq/leader.js'
import { connect } from '../../../brokers/rabbitmq/link.js'
import { openQueueRelay } from '../../../brokers/rabbitmq/relay/open-relay.js'
import { defined } from '../../../core/defined.js'
import type { RunEvent } from '../../../core/event.js'
import { CLEARED } from '../../../core/gate.js'
import type { QueuePlan } from '../../../core/queue-plan.js'
import { Allowance } from '../../run/allowance.js'
import { awaitsLanes } from '../../run/awaits-lanes.js'
import { copyLanes } from '../../run/copy-lanes.js'
import { isCopied } from '../../run/is-copied.js'
import type { LanesBoundary } from '../../run/lanes-boundary.js'
import type { Running } from '../../system.js'
import type { RabbitLinks } from '../links.js'
import { QueueBoundary } from './boundary.js'
import { noteLimit, raisedLimit } from './limit.js'
import { parking } from './park.js'
import { watchOver } from './watches.js'
import { Windows } from './window.js'

/** A drain of a queue at work. */
export type Draining = Omit<Running, 'plan'> & { readonly plan: QueuePlan; readonly links: RabbitLinks }

/** Lock, temporary queues, copies, and the watch over the consumers: everything that happens, in order. */
export async function* drainQueue(asked: Draining): AsyncGenerator<RunEvent> {
  const plan = await planOfNow(asked)
  const running = { ...asked, plan }
  const { io, soft, recorder } = running
  const windows = new Windows(recorder, plan.queue, { now: io.now })
  await using lanes = plan.until === 'lanes-empty' ? new QueueBoundary(running) : undefined
  const boundary = lanes?.boundary
  const relay = await prepare(running, { windows, boundary })
  const watching = new AbortController()
  let tellLooked = (): void => undefined
  const looked = new Promise<void>(resolve => {
    tellLooked = resolve
  })
  const watch = watchOver({ ...running, relay, looked: () => tellLooked() }, watching.signal)
  // What goes wrong in it is met at the end, where it is awaited.
  const watched = watch.catch(() => undefined)
  let isSettled = false
  try {
    // A policy that waits for the lanes takes nothing from the first batch.
    await Promise.race([looked, watched])
    yield* copyLanes(relay, running, boundary)
    yield* shortfall(running)
    if (boundary !== undefined && awaitsLanes(plan) && isCopied(plan, recorder.state)) yield* boundary.untilEmpty(soft)
    isSettled = !io.hard.aborted
  } catch (error) {
    // A stop that comes while a lane waits for its rate finds nothing in hand.
    isSettled = error === soft.reason && !io.hard.aborted
    await noteLimit(error, plan, { recorder, now: io.now() })
    throw error
  } finally {
    watching.abort()
    await watch.finally(() => relay.close(!isSettled))
    const finished = recorder.state.lanes.get(plan.queue)?.finished === true
    await (isSettled ? windows.settled(finished ? relay.redelivered() : undefined) : windows.dropped())
  }
}

const planOfNow = async ({ plan, mode, links, recorder, soft }: Draining): Promise<QueuePlan> =>
  mode === 'resume' ? raisedLimit(plan, links, { state: recorder.state, signal: soft }) : plan

async function prepare(
  running: Draining,
  { windows, boundary }: { windows: Windows; boundary: LanesBoundary | undefined },
) {
  const { plan, links, recorder, gate, mode, io, soft } = running
  const { read, written } = recorder.state.ledger
  const allowance = new Allowance(running.pacer, { first: plan.first, already: read, lanes: 1 })
  return openQueueRelay({
    plan,
    connect: purpose => connect(links.settings, `${plan.run} ${purpose}`, soft),
    journalled: { read, written },
    ...(plan.queueType === 'classic' ? {} : { assertLeader: leaderOf(running) }),
    resumed: mode === 'resume',
    allow: signal => allowance.take(signal),
    park: parking(running.folder, io.now),
    release: reason => gate.release(reason, CLEARED),
    noteWindow: messages => windows.note(messages),
    noteDoubt: (messages, why) => windows.doubt(messages, why),
    // A canary ends by its number, whatever the lanes hold.
    ...defined({ boundary: plan.first === undefined ? boundary : undefined }),
  })
}

const leaderOf =
  ({ links: { management, settings }, plan }: Draining) =>
  () =>
    assertLeader(management, settings.vhost, plan.queue)

/** Complete is when the queue is empty, too: what was captured and never came has expired, or others took it. */
function* shortfall({ plan, recorder, io }: Draining): Generator<RunEvent> {
  const { lanes, ledger } = recorder.state
  const missing = BigInt(plan.lanes[0]?.to ?? '0') - ledger.read
  if (plan.until !== 'now' || missing <= 0n || lanes.get(plan.queue)?.finished !== true) return
  const message = `expired or taken by others: ${missing} of the messages that were ready when the run began`
  yield { type: 'warned', at: io.now().toISOString(), message }
}

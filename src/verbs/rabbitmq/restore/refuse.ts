import { isAborted } from '../../../core/fold.js'
import { namesOf } from '../../../core/plan-names.js'
import { formatCount } from '../../../core/quantity.js'
import { counted, some } from '../../restore/words.js'
import { isOrdered, type QueueFacts, unreadIn } from './facts.js'
import { isInHand } from './patience.js'

/** What forbids `restore RUN --execute` now, in words; empty where nothing does. Pure. */
export function refusalsOfRestore(facts: QueueFacts): string[] {
  const { state, heldBy, plan } = facts
  if (heldBy !== undefined) return [`run ${plan.run} is at work: ${heldBy} holds it; wait for its end, or abort it`]
  if (state.restored?.how === 'undo')
    return state.restored.done
      ? [`run ${plan.run} was undone: its backlog is back in ${plan.queue}, nothing temporary is left`]
      : [`an undo of run ${plan.run} has begun; finish it: \`spillway restore ${plan.run} --undo --execute\``]
  return [...unfinished(facts), ...unread(facts), ...readers(facts)]
}

function unfinished({ plan: { run }, state }: QueueFacts): string[] {
  const undo = `or give the backlog back: \`spillway restore ${run} --undo\``
  switch (state.ending?.kind) {
    case 'complete':
      return []
    case 'stopped': {
      const resume = `spillway resume ${run}${isAborted(state) ? ' --after-abort' : ''}`
      return [`run ${run} is stopped (${state.ending.by}), not complete; carry it on: \`${resume}\`, ${undo}`]
    }
    case 'failed':
      return [`run ${run} failed (${state.ending.message}); carry it on: \`spillway resume ${run}\`, ${undo}`]
    default:
      return [`run ${run} was killed before it was complete; carry it on: \`spillway resume ${run}\`, ${undo}`]
  }
}

function unread({ plan, lanes }: QueueFacts): string[] {
  const full = lanes.filter(lane => unreadIn([lane]) > 0n)
  if (full.length === 0) return []
  const where = some(full.map(lane => `${lane.name}: ${formatCount(unreadIn([lane]))}`))
  const all = `${formatCount(unreadIn(lanes))} unread in ${counted(full.length, 'queue')} (${where})`
  return [`${all}; work them off first: \`spillway fanout ${plan.run} --exec CMD\``]
}

/** They would go with their lane, and whoever has taken them may still fail to handle them. */
function inHand({ lanes, state }: QueueFacts): string[] {
  const taken = state.restored === undefined ? lanes.filter(isInHand) : []
  if (taken.length === 0) return []
  const where = some(taken.map(({ name, unacked = 0 }) => `${name}: ${formatCount(unacked)}`))
  return [`messages were taken out of ${counted(taken.length, 'queue')} and not acked (${where}); stop who polls them`]
}

/** Of an undo that was killed the server may count consumers for a while; these are waited for. */
const withoutOwn = (facts: QueueFacts): Pick<QueueFacts, 'lanes'> =>
  facts.state.restored === undefined
    ? facts
    : { lanes: facts.lanes.map(lane => ({ ...lane, consumers: lane.foreign ?? 0 })) }

const readers = ({ lanes }: Pick<QueueFacts, 'lanes'>): string[] => {
  const busy = lanes.filter(({ consumers }) => consumers > 0)
  if (busy.length === 0) return []
  const where = some(busy.map(({ name, consumers }) => `${name}: ${consumers}`))
  return [
    `${counted(busy.length, 'queue')} still ${busy.length === 1 ? 'has' : 'have'} consumers (${where}); stop them`,
  ]
}

/** What an operator should know before a restore although it does not forbid it. Pure. */
export function warningsOfRestore({ plan, state, lanes }: QueueFacts): string[] {
  const gone = lanes.filter(({ exists }) => !exists)
  if (gone.length === 0 || state.restored !== undefined || state.ledger.written === 0n) return []
  return [
    `${counted(gone.length, 'queue')} of ${namesOf(plan).target} ${gone.length === 1 ? 'is' : 'are'} not there any more: whether all of it was handled cannot be checked`,
  ]
}

/** What forbids `restore RUN --undo --execute` now, in words; empty where nothing does. Pure. */
export function refusalsOfUndo(facts: QueueFacts): string[] {
  const { plan, state, heldBy } = facts
  if (heldBy !== undefined) return [`run ${plan.run} is at work: ${heldBy} holds it; abort it first`]
  if (state.restored?.how === 'restore') {
    const rest = state.restored.done ? '' : `; finish it: \`spillway restore ${plan.run} --execute\``
    return [`run ${plan.run} was restored and its queues are gone: the way is only forward${rest}`]
  }
  return [...ofSource(facts), ...ofOrder(facts), ...lost(facts), ...inHand(facts), ...readers(withoutOwn(facts))]
}

const ofSource = ({ plan, source }: QueueFacts): string[] =>
  source.exists ? [] : [`queue ${plan.queue} is not there any more`]

/** Undo puts the backlog behind what has arrived since, so an order that was promised would be lost. */
function ofOrder({ plan, source, state }: QueueFacts): string[] {
  const begun = state.restored !== undefined
  if (!isOrdered(plan)) return []
  const consumers =
    source.consumers > 0 ? [`${plan.queue} has ${counted(source.consumers, 'consumer')}; stop them`] : []
  const waiting = unreadIn([source])
  if (waiting === 0n || begun) return consumers
  return [
    ...consumers,
    `${formatCount(waiting)} messages wait in ${plan.queue}: the backlog would come behind them, and its order would be lost`,
  ]
}

function lost({ lanes, state }: QueueFacts): string[] {
  const gone = lanes.filter(({ exists }) => !exists)
  if (gone.length === 0 || state.restored !== undefined || state.ledger.written === 0n) return []
  return [`${some(gone.map(({ name }) => name))} went with the copies in it, and somebody may have handled them`]
}

/** What an operator should know before an undo although it does not forbid it. Pure. */
export function warningsOfUndo({ plan, state, source, lanes }: QueueFacts): string[] {
  const handled = state.ledger.written - unreadIn(lanes)
  // Without a consumer, what the API calls unacked is mostly what our own drain held a moment ago.
  const behind = source.consumers > 0 ? unreadIn([source]) : BigInt(source.ready)
  return [
    ...(handled > 0n && state.restored === undefined
      ? [`${formatCount(handled)} of the ${formatCount(state.ledger.written)} copies were handled already and stay so`]
      : []),
    ...(behind > 0n ? [`the backlog goes behind the ${formatCount(behind)} messages that wait in ${plan.queue}`] : []),
    ...(source.consumers > 0
      ? [`${plan.queue} has ${counted(source.consumers, 'consumer')}: they get the backlog as it comes back`]
      : []),
  ]
}

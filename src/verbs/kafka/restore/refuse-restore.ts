import { isAborted } from '../../../core/fold.js'
import { undoCommand } from '../../../core/plan-names.js'
import { formatCount } from '../../../core/quantity.js'
import type { Facts } from './facts.js'
import { inTheWay } from './words.js'

/** What forbids `restore RUN --execute` now, in words; empty where nothing does. Pure. */
export function refusalsOfRestore(facts: Facts): string[] {
  const { state, heldBy, plan } = facts
  if (heldBy !== undefined) return [`run ${plan.run} is at work: ${heldBy} holds it; wait for its end, or abort it`]
  if (state.restored?.how === 'undo')
    return state.restored.done
      ? [`run ${plan.run} was undone: its backlog is back in ${plan.sourceTopic}, nothing temporary is left`]
      : [`an undo of run ${plan.run} has begun; finish it: \`${undoCommand(plan)} --execute\``]
  return [...unfinished(facts), ...unread(facts), ...readers(facts)]
}

function unfinished({ plan, state }: Facts): string[] {
  const { run } = plan
  const undo = `or give the backlog back: \`${undoCommand(plan)}\``
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

function unread({ plan, lanes }: Facts): string[] {
  if (lanes.unread === 0n) return []
  const count = `${lanes.exact ? '' : 'up to '}${formatCount(lanes.unread)}`
  return [
    `${count} unread in ${plan.targetTopic} for group ${lanes.lanesGroup}; work them off first: \`spillway fanout ${plan.run} --exec CMD\``,
  ]
}

const readers = ({ plan, lanes }: Facts): string[] =>
  lanes.groups.flatMap(group => {
    const reason = inTheWay(group, plan.targetTopic)
    return reason !== undefined && (group.members.length > 0 || group.id === lanes.lanesGroup) ? [reason] : []
  })

/** What an operator should know before a restore although it does not forbid it. Pure. */
export function warningsOfRestore({ plan, state, lanes, source }: Facts): string[] {
  const others = lanes.groups.filter(({ id, lanes: committed }) => id !== lanes.lanesGroup && committed > 0)
  const gone = lanes.topic === undefined && state.restored === undefined && state.ledger.written > 0n
  return [
    ...others.map(
      ({ id, lanes: on }) => `group ${id} has offsets on ${on} partitions of ${plan.targetTopic}; they go with it`,
    ),
    ...(gone ? [`${plan.targetTopic} is not there any more: whether it was empty cannot be checked`] : []),
    ...(lanes.notAsked.length > 0 ? [`${lanes.notAsked.length} groups could not be looked at`] : []),
    ...moved({ plan, state, source }),
  ]
}

function moved({ plan, state, source }: Pick<Facts, 'plan' | 'state' | 'source'>): string[] {
  const away = source.lanes.filter(({ lane, offset, claimedBy }) => {
    const left = Number(state.lanes.get(lane)?.mark ?? plan.lanes.find(each => each.lane === lane)?.to)
    return claimedBy !== plan.run && offset >= 0 && offset !== left
  })
  const live =
    source.group.verdict === 'idle'
      ? []
      : [
          `group ${plan.group} is live already: its offsets are left alone; give this command again once it is stopped, should a claim be left`,
        ]
  if (away.length === 0) return live
  const lanes = away.map(({ lane, offset }) => `${lane} at ${offset}`).slice(0, 3)
  return [
    ...live,
    `group ${plan.group} has moved on ${away.length} partitions since the run (${lanes.join(', ')}${away.length > 3 ? ', …' : ''}): those offsets are left alone`,
  ]
}

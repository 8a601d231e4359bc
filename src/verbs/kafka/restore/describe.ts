import { formatCount } from '../../../core/quantity.js'
import { item } from '../../../report/layout.js'
import { counted } from '../../restore/words.js'
import type { Facts } from './facts.js'

/** `DELETES topic T (30 partitions, 0 unread)`. */
export function deletesInWords({ plan, lanes }: Facts): string {
  if (lanes.topic === undefined) return `DELETES nothing: topic ${plan.targetTopic} is not there`
  const unread = `${lanes.exact ? '' : 'up to '}${formatCount(lanes.unread)} unread`
  return `DELETES topic ${lanes.topic.name} (${counted(lanes.topic.partitions, 'partition')}, ${unread})`
}

/** What else it does, one entry a step. */
export function planInWords(facts: Facts, how: 'restore' | 'undo'): string[] {
  const { plan, lanes } = facts
  const group = lanes.groups.some(each => each.id === lanes.lanesGroup)
    ? item('DELETES ', `group ${lanes.lanesGroup}, unless it reads other topics too`)
    : []
  if (how === 'undo') return [...undoInWords(facts), ...group]
  const claim = `the claim of this run on group ${plan.group}; its offsets stay where they are`
  return [...group, ...item('CLEARS  ', claim), ...item('        ', 'After this the way is only forward.')]
}

function undoInWords({ plan }: Facts): string[] {
  const messages = plan.lanes.map(({ lane, from }) => `${lane}: ${from}`)
  const shown = messages.slice(0, 16).join(', ')
  const more = messages.length > 16 ? ', … (all in plan.json)' : ''
  return [
    ...item(
      'SETS    ',
      `group ${plan.group} on ${plan.sourceTopic} back to ${shown}${more}; checked before anything is deleted`,
    ),
    ...(plan.guarantee === 'transactions'
      ? item('FENCES  ', `every runner of this run: ${counted(plan.lanes.length, 'transactional id')}`)
      : []),
  ]
}

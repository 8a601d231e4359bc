import type { LaneStanding } from '../../../brokers/kafka/restore/look-at-source.js'
import type { PlanLane } from '../../../core/plan.js'
import { some } from '../../restore/words.js'
import type { Facts } from './facts.js'
import { inTheWay, membersInWords } from './words.js'

/** What forbids `restore RUN --undo --execute` now, in words; empty where nothing does. Pure. */
export function refusalsOfUndo(facts: Facts): string[] {
  const { plan, state, heldBy } = facts
  if (heldBy !== undefined) return [`run ${plan.run} is at work: ${heldBy} holds it; abort it first`]
  if (state.restored?.how === 'restore') {
    const rest = state.restored.done ? '' : `; finish it: \`spillway restore ${plan.run} --execute\``
    return [`run ${plan.run} was restored and ${plan.targetTopic} is gone: the way is only forward${rest}`]
  }
  return [...ofGroup(facts), ...ofSource(facts), ...ofPositions(facts), ...ofLanes(facts), ...ofOperator(facts)]
}

function ofGroup({ plan, source: { group } }: Facts): string[] {
  if (group.verdict === 'live')
    return [`group ${plan.group} has members: ${membersInWords(group.members) || group.state}; stop them`]
  return group.verdict === 'unsure' ? [`group ${plan.group} is not provably idle (${group.state})`] : []
}

function ofSource({ plan, source }: Facts): string[] {
  const { topicId } = source
  if (topicId === undefined) return [`${plan.sourceTopic} is not there any more`]
  if (topicId !== '' && plan.sourceTopicId !== '' && topicId !== plan.sourceTopicId)
    return [`${plan.sourceTopic} was deleted and made anew since the run: its old records are gone`]
  const past = source.lanes.filter(({ lane, start }) => start > Number(laneOf(plan.lanes, lane)?.from))
  if (past.length === 0) return []
  const lanes = past.map(({ lane, start }) => `${lane}: ${laneOf(plan.lanes, lane)?.from}, now starts at ${start}`)
  return [`${plan.sourceTopic} does not hold the backlog any more, partition ${some(lanes)}`]
}

const laneOf = (lanes: readonly PlanLane[], lane: string) => lanes.find(each => each.lane === lane)

function ofPositions(facts: Facts): string[] {
  const foreign = facts.source.lanes.filter(lane => !isOurs(facts, lane))
  if (foreign.length === 0) return []
  const lanes = foreign.map(
    standing => `${standing.lane}: ${stands(standing)}, left at ${leftAt(facts, standing.lane)}`,
  )
  return [`group ${facts.plan.group} does not stand where this run last committed, partition ${some(lanes)}`]
}

const stands = ({ offset, claimedBy }: LaneStanding): string => {
  if (offset < 0) return 'no commit'
  return claimedBy === undefined
    ? `stands at ${offset} without the claim`
    : `stands at ${offset}, claimed by ${claimedBy}`
}

const leftAt = ({ plan, state }: Facts, lane: string): string =>
  state.lanes.get(lane)?.mark ?? laneOf(plan.lanes, lane)?.from ?? '?'

/** A killed runner may have committed what it could not journal: the claim at the broker may be ahead, never behind. */
function isOurs(facts: Facts, { lane, offset, claimedBy }: LaneStanding): boolean {
  const { plan, state } = facts
  const from = Number(laneOf(plan.lanes, lane)?.from)
  if (claimedBy === plan.run) return offset >= Number(leftAt(facts, lane))
  if (claimedBy !== undefined) return false
  if (state.restored?.how === 'undo') return offset === from
  const untouched = state.lanes.get(lane) === undefined
  return untouched && (offset === from || offset < 0)
}

function ofLanes({ plan, state, lanes }: Facts): string[] {
  const begun = state.restored !== undefined
  if (lanes.topic === undefined)
    return begun || state.ledger.written === 0n
      ? []
      : [`${plan.targetTopic} is gone with ${state.ledger.written} copied messages, and somebody may have handled them`]
  const trimmed = lanes.trimmed.map(({ lane, start }) => `${lane} starts at ${start}`)
  return [
    ...(trimmed.length > 0 ? [`records were deleted from ${plan.targetTopic}, partition ${some(trimmed)}`] : []),
    ...lanes.groups.flatMap(group => {
      const reads =
        group.lanes > 0
          ? [`group ${group.id} has offsets on ${group.lanes} partitions of ${plan.targetTopic}: it has read there`]
          : []
      const member =
        group.members.length > 0 || group.id === lanes.lanesGroup ? inTheWay(group, plan.targetTopic) : undefined
      return member === undefined ? reads : [...reads, member]
    }),
    ...(lanes.notAsked.length > 0
      ? [`nobody knows whether these groups read ${plan.targetTopic}: ${some(lanes.notAsked)}`]
      : []),
  ]
}

const ofOperator = ({ plan, confirmed, lanes, state }: Facts): string[] =>
  confirmed || lanes.topic === undefined || state.restored !== undefined
    ? []
    : [`nobody has confirmed that ${plan.targetTopic} has no reader without a group; add --no-groupless-readers`]

import { type Backlog, type Claim, type Member, NO_TEMPORARY_TOPIC } from '../../core/survey.js'
import type { DrainRefusal } from '../refusals.js'
import type { Draft } from './draft.js'
import { resetOffsets } from './reset-offsets.js'

const STOP =
  'Stop its consumers. One that was killed stays listed until its session timeout (45 s in Java clients, 30 s in kafkajs): --wait 120s waits for that.'

/** What of a plan decides about its group. */
type Subject = Pick<Draft, 'run' | 'consumersStopped'>

/** Refusals because somebody else may be at work on the group: members, pollers without membership, another run. */
export const groupRefusals = (survey: Backlog, draft: Subject): DrainRefusal[] => [
  ...claimed(survey, draft),
  ...live(survey),
  ...kind(survey),
  ...moving(survey),
  ...assigned(survey, draft),
]

const claimed = (survey: Backlog, draft: Subject): DrainRefusal[] => {
  const { claim, group } = survey
  if (claim === undefined) return []
  if (claim.topic === NO_TEMPORARY_TOPIC) return [worked(survey, claim)]
  const own = claim.run === draft.run
  return [
    {
      code: own ? 'already-begun' : 'claimed',
      message: `${group.id} is claimed by run ${claim.run} on host ${claim.host}, temporary topic ${claim.topic}`,
      hint: `Carry it on with \`spillway resume ${claim.run}\`, or end it with \`spillway restore ${claim.run} --execute\`.`,
      mayClear: false,
    },
  ]
}

/** A fan-out or a discard of the source itself: it has nothing to restore, and its offsets stand where all before them is handled. */
const worked = (survey: Backlog, { run, host }: Claim): DrainRefusal => ({
  code: 'claimed',
  message: `${survey.group.id} is claimed by run ${run} on host ${host}, which works ${survey.topic.name} itself (fanout or discard)`,
  hint: `Carry it on with \`spillway resume ${run}\`. Where that run is to be no more, this takes its claim off and leaves the offsets: \`${resetOffsets(survey, undefined, '--to-current')}\``,
  mayClear: false,
})

const live = ({ group }: Backlog): DrainRefusal[] => {
  if (group.verdict === 'idle') return []
  if (group.verdict === 'live' || group.members.length > 0)
    return [
      {
        code: 'group-live',
        message: `${group.id} has ${group.members.length} live ${group.members.length === 1 ? 'member' : 'members'}${list(group.members)}, state ${group.state}`,
        hint: STOP,
        mayClear: true,
      },
    ]
  return [
    {
      code: 'group-unsure',
      message: `Nothing proves that ${group.id} is idle: state ${group.state}, protocol ${group.protocol}`,
      hint: 'Check the rights to describe groups, and that its coordinator is up; then try again.',
      mayClear: true,
    },
  ]
}

const SHOWN = 5
const list = (members: readonly Member[]): string => {
  if (members.length === 0) return ''
  const shown = members.slice(0, SHOWN).map(({ clientId, host }) => `${clientId} at ${host.replace(/^\//, '')}`)
  return `: ${shown.join(', ')}${members.length > SHOWN ? ` and ${members.length - SHOWN} more` : ''}`
}

const kind = ({ group }: Backlog): DrainRefusal[] =>
  group.protocol !== 'share'
    ? []
    : [
        {
          code: 'share-group',
          message: `${group.id} is a share group: it keeps no single position a partition that could move`,
          hint: 'Add consumers to it instead; a share group may have more of them than partitions.',
          mayClear: false,
        },
      ]

const moving = ({ group, movesWithoutMembers, windowSeconds }: Backlog): DrainRefusal[] =>
  movesWithoutMembers.length === 0
    ? []
    : [
        {
          code: 'offsets-move',
          message: `Offsets of ${group.id} moved within ${windowSeconds} s on partitions ${movesWithoutMembers.join(', ')} although it shows no members`,
          hint: 'Somebody reads with assign() or commits for it (Flink, Spark, a script): find and stop that.',
          mayClear: true,
        },
      ]

// An empty protocol type means that no member ever joined: the commits came from assign() or a tool.
const assigned = ({ group }: Backlog, { consumersStopped }: Subject): DrainRefusal[] =>
  consumersStopped || group.protocolType !== '' || group.protocol === 'consumer' || group.verdict === 'live'
    ? []
    : [
        {
          code: 'no-protocol',
          message: `${group.id} has offsets but no protocol type: its readers never join (assign(), Flink, Spark), so an empty group proves nothing`,
          hint: 'If you are sure that they are stopped, say so with --consumers-stopped.',
          mayClear: false,
        },
      ]

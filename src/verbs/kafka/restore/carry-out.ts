import { clearClaim } from '../../../brokers/kafka/restore/clear-claim.js'
import { fence, putOffsets } from '../../../brokers/kafka/restore/give-back.js'
import { takeGroupAway, takeTopicAway } from '../../../brokers/kafka/restore/take-away.js'
import type { RunEvent } from '../../../core/event.js'
import { failpoint } from '../../../core/failpoint.js'
import type { KafkaPlan } from '../../../core/plan.js'
import type { RunFolder } from '../../../journal/run-folder.js'
import { counted } from '../../restore/words.js'
import type { Links } from '../links.js'
import type { Facts } from './facts.js'

/** A run that this process has claimed, and what to tell its journal. */
export type Work = {
  readonly plan: KafkaPlan
  readonly folder: RunFolder
  readonly links: Links
  readonly how: 'restore' | 'undo'
  readonly now: () => Date
  /** `--reason`. */
  readonly reason?: string | undefined
}

type Step = (RunEvent & { type: 'restored' })['step']

const note = ({ folder, how, now }: Work, step: Step, what: string): Promise<void> =>
  folder.append({ type: 'restored', at: now().toISOString(), how, step, what })

/** Nothing is left to be read: topic, claim and lanes group go. Each step may be repeated after a kill. */
export async function carryOutRestore(work: Work, facts: Facts): Promise<void> {
  const { plan } = work
  await begin(work, facts, `begun, ${facts.lanes.unread} unread in ${plan.targetTopic}`)
  await removeTopic(work, facts)
  await takeClaimOff(work, facts)
  await removeGroup(work, facts)
  await note(work, 'done', 'nothing temporary is left; the originals may start')
}

/** Takes the claim off the source group, as far as the group is idle, and journals it. */
export async function takeClaimOff(work: Work, { state }: Facts): Promise<void> {
  const { plan, links } = work
  failpoint('before-clear-claim')
  const reached = new Map([...state.lanes].map(([lane, { mark }]) => [lane, mark]))
  const cleared = await clearClaim(links.source, plan, reached)
  failpoint('after-clear-claim')
  const claim = cleared.live
    ? `group ${plan.group} is live with the originals; its offsets were left alone`
    : `claim taken off ${counted(cleared.lanes, 'partition')} of group ${plan.group}`
  await note(work, 'claim', claim)
}

/** Before anything moves: no runner of this run can commit any more. Journals nothing that would forbid a resume. */
export const fenceRunners = (work: Work): Promise<void> => fence(work.links.source, work.plan)

/** The backlog goes back: offsets first, verified, then the copies. `facts` were read after the fence. */
export async function carryOutUndo(work: Work, facts: Facts): Promise<void> {
  const { plan, links, now, folder } = work
  await begin(work, facts, `begun, runners are fenced, ${facts.lanes.unread} copies in ${plan.targetTopic}`)
  failpoint('before-restore-offsets')
  const positions = plan.lanes.map(({ lane, from, metadata = '' }) => ({ lane, offset: Number(from), metadata }))
  await putOffsets(links.source, plan, positions)
  failpoint('after-restore-offsets')
  await note(
    work,
    'offsets',
    `group ${plan.group} is back where it stood, on ${counted(positions.length, 'partition')}`,
  )
  await removeTopic(work, facts)
  await removeGroup(work, facts)
  await note(work, 'done', `the backlog is back in ${plan.sourceTopic}; the originals may start`)
  await folder.append({ type: 'ended', at: now().toISOString(), ending: { kind: 'undone' } })
}

async function begin({ folder, how, now, reason }: Work, { state, lanes }: Facts, what: string): Promise<void> {
  const topicId = state.restored?.topicId || (lanes.topic?.id ?? '')
  const why = reason === undefined ? what : `${what} (${reason})`
  await folder.append({ type: 'restored', at: now().toISOString(), how, step: 'begun', what: why, topicId })
}

async function removeTopic(work: Work, { state, lanes }: Facts): Promise<void> {
  const { plan, links } = work
  failpoint('before-delete-topic')
  // Only the topic that was looked at: where it was not there, one made meanwhile is none of ours.
  if (lanes.topic !== undefined)
    await takeTopicAway(links.target, plan.targetTopic, state.restored?.topicId || lanes.topic.id)
  failpoint('after-delete-topic')
  await note(work, 'topic', lanes.topic === undefined ? `${plan.targetTopic} was gone` : `deleted ${plan.targetTopic}`)
}

const GROUP_WORDS = {
  gone: 'was not there',
  deleted: 'is deleted',
  'has members': 'has members and was left',
  'reads other topics': 'reads other topics and was left',
}

async function removeGroup(work: Work, { lanes }: Facts): Promise<void> {
  const taken = await takeGroupAway(work.links.target, lanes.lanesGroup, work.plan.targetTopic)
  await note(work, 'group', `group ${lanes.lanesGroup} ${GROUP_WORDS[taken]}`)
}

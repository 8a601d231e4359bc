import type { KafkaPlan } from '../../../core/plan.js'
import type { Outlook, RestoreQuestion } from '../../restore/outlook.js'
import { isDone } from '../../restore/outlook.js'
import { counted } from '../../restore/words.js'
import type { Links } from '../links.js'
import { carryOutRestore, carryOutUndo, fenceRunners, takeClaimOff, type Work } from './carry-out.js'
import { deletesInWords, planInWords } from './describe.js'
import { type Facts, lookAtRun } from './facts.js'
import { refusalsOfRestore, warningsOfRestore } from './refuse-restore.js'
import { refusalsOfUndo } from './refuse-undo.js'

type Asked = Omit<RestoreQuestion, 'plan'> & { readonly plan: KafkaPlan; readonly links: Links }

/** What a restore or an undo of a topic would do now. `stable` waits for offsets of open transactions. */
export async function outlookOf(asked: Asked, stable = false): Promise<Outlook> {
  const { how } = asked
  const facts = await lookAtRun({ ...asked, stable })
  const work: Work = asked
  const outlook: Outlook = {
    state: facts.state,
    held: facts.heldBy !== undefined,
    refusals: how === 'undo' ? refusalsOfUndo(facts) : refusalsOfRestore(facts),
    warnings: how === 'undo' ? [] : warningsOfRestore(facts),
    unread: facts.lanes.unread,
    words: [deletesInWords(facts), ...planInWords(facts, how)],
    deletedWords: deletedInWords(facts),
    document: documentOf(facts, how),
    question: questionOf(facts, asked),
    flags: how === 'undo' ? '--undo --no-groupless-readers --execute' : '--execute',
    async secure() {
      if (how === 'restore') return outlook
      await fenceRunners(work)
      return outlookOf(asked, true)
    },
    carryOut: () => (how === 'undo' ? carryOutUndo(work, facts) : carryOutRestore(work, facts)),
    async catchUp() {
      const left = how === 'restore' && facts.source.lanes.some(lane => lane.claimedBy === facts.plan.run)
      if (left) await takeClaimOff(work, facts)
      return left
    },
  }
  // What is done needs no reasons any more.
  return isDone(outlook, how) ? { ...outlook, refusals: [], warnings: [] } : outlook
}

const deletedInWords = ({ lanes: { topic } }: Facts): string[] =>
  topic === undefined ? [] : [`DELETED topic ${topic.name} (${counted(topic.partitions, 'partition')})`]

function documentOf({ plan, lanes }: Facts, how: RestoreQuestion['how']) {
  const { topic, unread, exact, lanesGroup } = lanes
  return {
    deletes: topic === undefined ? null : { topic: topic.name, partitions: topic.partitions },
    unread,
    unreadExact: exact,
    lanesGroup,
    group: plan.group,
    positions: how === 'undo' ? plan.lanes.map(({ lane, from }) => ({ lane, offset: from })) : [],
  }
}

function questionOf({ plan, lanes }: Facts, { how, vouched }: Asked): string {
  if (how === 'restore') return `Delete ${plan.targetTopic}, with nothing unread in it?`
  if (vouched) return `Give the backlog back to ${plan.group}?`
  return `Give ${lanes.unread} messages back to ${plan.group}? That doubles what readers without a group (assign(), kcat, mirrors) have taken from ${plan.targetTopic}; you say that there are none.`
}

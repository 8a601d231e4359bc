import type { QueuePlan } from '../../../core/queue-plan.js'
import { isDone, type Outlook, type RestoreQuestion } from '../../restore/outlook.js'
import type { RabbitLinks } from '../links.js'
import { carryOutRestore, carryOutUndo } from './carry-out.js'
import { deletedInWords, planInWords } from './describe.js'
import { lookAtRun, type QueueFacts, unreadIn } from './facts.js'
import type { Patience } from './patience.js'
import { refusalsOfRestore, refusalsOfUndo, warningsOfRestore, warningsOfUndo } from './refuse.js'

type Asked = Omit<RestoreQuestion, 'plan'> & {
  readonly plan: QueuePlan
  readonly links: RabbitLinks
  readonly patience: Patience
}

/** What a restore or an undo of a queue would do now. */
export async function outlookOf(asked: Asked): Promise<Outlook> {
  const { how } = asked
  const facts = await lookAtRun(asked)
  const outlook: Outlook = {
    state: facts.state,
    held: facts.heldBy !== undefined,
    refusals: how === 'undo' ? refusalsOfUndo(facts) : refusalsOfRestore(facts),
    warnings: how === 'undo' ? warningsOfUndo(facts) : warningsOfRestore(facts),
    unread: unreadIn(facts.lanes),
    words: planInWords(facts, how),
    deletedWords: deletedInWords(facts),
    document: documentOf(facts),
    question: questionOf(facts, how),
    flags: how === 'undo' ? '--undo --execute' : '--execute',
    secure: async () => outlook,
    carryOut: () => (how === 'undo' ? carryOutUndo(asked, facts) : carryOutRestore(asked, facts)),
    catchUp: async () => false,
  }
  // What is done needs no reasons any more.
  return isDone(outlook, how) ? { ...outlook, refusals: [], warnings: [] } : outlook
}

function documentOf({ plan, lanes, source }: QueueFacts) {
  const queues = lanes.filter(({ exists }) => exists).map(({ name }) => name)
  return {
    deletes: queues.length === 0 ? null : { queues },
    unread: unreadIn(lanes),
    queue: plan.queue,
    waitingInSource: unreadIn([source]),
    consumers: lanes.reduce((sum, { consumers }) => sum + consumers, 0),
  }
}

function questionOf({ plan, lanes, source }: QueueFacts, how: RestoreQuestion['how']): string {
  if (how === 'restore')
    return `Delete the ${plan.laneQueues.length} temporary queues of ${plan.queue}, all of them empty?`
  return `Give ${unreadIn(lanes)} messages back to ${plan.queue}, behind the ${unreadIn([source])} that wait there?`
}

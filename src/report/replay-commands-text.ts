import { shellWord } from '../core/command-words.js'
import type { ReplayPlan } from '../core/replay-plan.js'
import { bootstrap, comment, entry } from './commands-layout.js'
import { rowsCommandsText } from './rows-commands-text.js'

/** Commands of other tools that confirm a replay, filled in for this plan: what to run, and what it must say. */
export const replayCommandsText = (plan: ReplayPlan): string =>
  [
    comment('Commands of other tools that confirm this run. None of them changes anything.'),
    rowsCommandsText(plan.from),
    at(plan),
  ]
    .filter(each => each !== undefined)
    .join('\n\n')

const at = ({ system, source, target }: ReplayPlan): string => {
  if (target === 'origin')
    return comment(`Each message went back where it came from: look at the topics or queues that ${source} names.`)
  const name = shellWord(target.split('?')[0]?.split('/').at(-1) ?? '')
  return system === 'kafka'
    ? entry('The ends of the target; markers of transactions take offsets too.', [
        `kafka-get-offsets.sh --bootstrap-server ${bootstrap(target)} --topic ${name} --time -1`,
      ])
    : entry('What is in the queue: ready, and delivered but not acked.', [
        `rabbitmqctl -q list_queues name messages_ready messages_unacknowledged consumers | grep -F ${name}`,
      ])
}

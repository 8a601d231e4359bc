import { shellWord } from '../core/command-words.js'
import type { FanoutPlan } from '../core/fanout-plan.js'
import { bootstrap, comment } from './commands-layout.js'

/** Commands of other tools that confirm a fan-out, filled in for this plan: what to run, and what it must say. */
export function fanoutCommandsText(plan: FanoutPlan): string {
  const head = 'Commands of other tools that confirm this run. None of them changes anything.'
  return [comment(head), plan.system === 'kafka' ? ofKafka(plan) : ofRabbit(plan)].join('\n\n')
}

const ofKafka = ({ source, group = '', reads }: FanoutPlan): string =>
  [
    comment(
      reads === 'lanes'
        ? 'The group on the lanes: what its LAG still counts are markers of transactions, once all lanes are finished.'
        : 'The group: CURRENT-OFFSET of each partition is the end mark of the plan, once the run is complete.',
    ),
    `kafka-consumer-groups.sh --bootstrap-server ${bootstrap(source)} --describe --offsets --group ${shellWord(group)}`,
  ].join('\n')

const ofRabbit = ({ vhost = '/', topic }: FanoutPlan): string =>
  [
    comment('What is left in the queues: ready, and delivered but not acked.'),
    `rabbitmqctl -q list_queues -p ${shellWord(vhost)} name messages_ready messages_unacknowledged consumers | grep -F ${shellWord(topic)}`,
  ].join('\n')

import { shellWord } from '../core/command-words.js'
import type { DiscardPlan } from '../core/discard-plan.js'
import { bootstrap, comment, entry } from './commands-layout.js'

/** Commands of other tools that confirm a discard, filled in for this plan: what to run, and what it must say. */
export const discardCommandsText = (plan: DiscardPlan): string =>
  [
    comment('Commands of other tools that confirm this run. None of them changes anything.'),
    ...(plan.system === 'kafka' ? ofKafka(plan) : ofRabbit(plan)),
    ...archived(plan),
  ].join('\n\n')

const ofKafka = ({ source, topic, group = '', how }: DiscardPlan): string[] => [
  entry('The group: CURRENT-OFFSET of each partition is where the plan ends, once the run is complete.', [
    `kafka-consumer-groups.sh --bootstrap-server ${bootstrap(source)} --describe --offsets --group ${shellWord(group)}`,
  ]),
  ...(how === 'delete-records'
    ? [
        entry('The log start of each partition: where the plan ends, or behind it.', [
          `kafka-get-offsets.sh --bootstrap-server ${bootstrap(source)} --topic ${shellWord(topic)} --time -2`,
        ]),
        entry('What the partitions still hold on disk; it falls once the brokers have deleted the segments.', [
          `kafka-log-dirs.sh --bootstrap-server ${bootstrap(source)} --describe --topic-list ${shellWord(topic)}`,
        ]),
      ]
    : []),
]

const ofRabbit = ({ vhost = '/', topic }: DiscardPlan): string[] => [
  entry('What is left in the queue: ready, and delivered but not acked.', [
    `rabbitmqctl -q list_queues -p ${shellWord(vhost)} name messages_ready messages_unacknowledged consumers | grep -F ${shellWord(topic)}`,
  ]),
]

const FIRST_LOGS = 3

const archived = ({ system, archive, lanes, topic }: DiscardPlan): string[] => {
  if (archive === undefined || system === 'rabbitmq') return []
  const logs = lanes
    .filter(({ messages }) => messages > 0n)
    .slice(0, FIRST_LOGS)
    .map(({ lane }) => `${shellWord(`${archive.folder}/${topic}-${lane}`)}/*.log`)
  return [
    entry(
      "What is in the archive, by Kafka's own reader.",
      logs.map(log => `for log in ${log}; do kafka-dump-log.sh --files "$log"; done`),
    ),
  ]
}

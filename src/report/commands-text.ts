import { shellWord } from '../core/command-words.js'
import type { KafkaPlan } from '../core/plan.js'
import { bootstrap, comment, entry } from './commands-layout.js'

/**
 * Commands of other tools that confirm a drain, filled in for this plan: what to run, and what it must say. Flags are those of Kafka 3.9 and 4.x
 * and of kcat 1.7. Lines of commands may be longer than 80 columns, so that they can be copied.
 */
export function commandsText(plan: KafkaPlan): string {
  const source = bootstrap(plan.source)
  const target = bootstrap(plan.target)
  return [
    comment(
      'Commands of other tools that confirm this run. None of them changes anything. For a secured cluster add --command-config FILE (console consumer before 4.2: --consumer.config FILE), and -F FILE to kcat.',
    ),
    entry(`The group stands at the captured ends: CURRENT-OFFSET is ${ends(plan)}.`, [
      `kafka-consumer-groups.sh --bootstrap-server ${source} --describe --offsets --group ${shellWord(plan.group)}`,
    ]),
    entry('Nobody works in the group: no members.', [
      `kafka-consumer-groups.sh --bootstrap-server ${source} --describe --members --group ${shellWord(plan.group)}`,
    ]),
    entry(
      `The temporary topic has ${plan.targetLanes} partitions, ${plan.replication} replicas each, none under-replicated.`,
      [`kafka-topics.sh --bootstrap-server ${target} --describe --topic ${shellWord(plan.targetTopic)}`],
    ),
    entry("Its ends; they are above the counts, because each transaction's marker takes an offset.", [
      `kafka-get-offsets.sh --bootstrap-server ${target} --topic ${shellWord(plan.targetTopic)} --time -1`,
    ]),
    entry('What a committed reader finds there: equals "written" of the balance sheet. Two ways.', [
      `kafka-console-consumer.sh --bootstrap-server ${target} --topic ${shellWord(plan.targetTopic)} --from-beginning --isolation-level read_committed --timeout-ms 15000 2>&1 >/dev/null | grep Processed`,
      `kcat -b ${target} -C -t ${shellWord(plan.targetTopic)} -o beginning -e -q -X isolation.level=read_committed -f . | wc -c`,
    ]),
    entry(
      'What a committed reader finds in the source, from the start of the copy to the captured end: equals "read", lane by lane, while retention has not taken it.',
      sourceCounts(plan, source),
    ),
    entry('The settings of the temporary topic: nothing may expire or be compacted.', [
      `kafka-configs.sh --bootstrap-server ${target} --describe --entity-type topics --entity-name ${shellWord(plan.targetTopic)}`,
    ]),
    ...transactions(plan, target),
  ].join('\n\n')
}

const MOST_LANES = 16

function sourceCounts(plan: KafkaPlan, source: string): string[] {
  const shown = plan.lanes
    .slice(0, MOST_LANES)
    .map(
      ({ lane, from, to }) =>
        `kcat -b ${source} -C -t ${shellWord(plan.sourceTopic)} -p ${lane} -o ${from} -e -q -X isolation.level=read_committed -f '%o\\n' | awk '$1 < ${to}' | wc -l`,
    )
  const more = plan.lanes.length - shown.length
  return more > 0 ? [...shown, `# and the same for ${more} more partitions`] : shown
}

const transactions = (plan: KafkaPlan, target: string): string[] =>
  plan.guarantee === 'transactions'
    ? [
        entry('No transaction of Spillway is left open: no line says Ongoing.', [
          `kafka-transactions.sh --bootstrap-server ${target} list | grep spillway-`,
        ]),
      ]
    : []

const ends = ({ lanes }: KafkaPlan): string => {
  const shown = lanes.slice(0, MOST_LANES).map(({ lane, to }) => `${lane}:${to}`)
  return shown.join(' ') + (lanes.length > shown.length ? ' … (all in plan.json)' : '')
}

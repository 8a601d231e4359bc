import { shellWord } from '../../core/command-words.js'
import type { Backlog } from '../../core/survey.js'

/** The command of Kafka's own tools that sets the group's offset on a partition, or on all. A secured cluster wants --command-config too. */
export const resetOffsets = ({ brokers, group, topic }: Backlog, lane: string | undefined, where: string): string => {
  const [broker] = brokers
  const server = broker === undefined ? 'HOST:9092' : shellWord(`${broker.host}:${broker.port}`)
  const what = lane === undefined ? topic.name : `${topic.name}:${lane}`
  return `kafka-consumer-groups.sh --bootstrap-server ${server} --group ${shellWord(group.id)} --topic ${what} --reset-offsets ${where} --execute`
}

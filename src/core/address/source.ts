import { UserError } from '../../errors.js'
import type { Address, KafkaAddress } from '../address.js'
import { formatAddress } from '../address.js'

/**
 * Refuses an address that does not say what to move: a topic and a group of Kafka, a queue of RabbitMQ. Of a named one only spillway.yaml
 * can say whether a group is missing. Throws UserError.
 */
export const assertSource = (address: Address): void => {
  const shown = formatAddress(address)
  if (address.kind === 'rabbitmq') assertQueue(address.queue, shown)
  else if (address.kind === 'named') assertName(address.name, shown)
  else assertGroup(address, shown)
}

const assertName = (name: string | undefined, shown: string): void => {
  if (name !== undefined) return
  throw new UserError(`${shown} names no topic and no queue`, {
    hint: `Write ${shown}/TOPIC?group=G for Kafka, ${shown}/QUEUE for RabbitMQ.`,
  })
}

const assertGroup = (address: KafkaAddress, shown: string): void => {
  if (address.topic === undefined)
    throw new UserError(`${shown} names no topic`, { hint: `Write ${shown}/TOPIC?group=G.` })
  if (address.group !== undefined) return
  const server = address.brokers[0] ?? 'HOST:9092'
  throw new UserError(`${shown} names no group`, {
    hint: `Add ?group=G. To list the groups: kafka-consumer-groups.sh --bootstrap-server ${server} --list`,
  })
}

const assertQueue = (queue: string | undefined, shown: string): void => {
  if (queue !== undefined) return
  throw new UserError(`${shown} names no queue`, {
    hint: 'Write amqp://host:5672/VHOST/QUEUE; the virtual host "/" is left empty: amqp://host:5672//QUEUE.',
  })
}

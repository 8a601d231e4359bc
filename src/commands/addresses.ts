import { assertSource } from '../core/address/source.js'
import { type Address, type Place, parseAddress } from '../core/address.js'
import { looksLikeTime } from '../core/zone.js'
import { UserError } from '../errors.js'

/** An address of a topic and a group, or of a queue: what survey and drain work on. */
export const parseSource = (text: string): Place => {
  const place = parseAddress(text)
  assertSource(place.address)
  return place
}

/** An address of a dead-letter topic, with a group or without one, or of a queue. */
export const parseDeadLetters = (text: string): Place => {
  const place = parseAddress(text)
  const { address } = place
  const name = address.kind === 'kafka' ? address.topic : address.kind === 'rabbitmq' ? address.queue : address.name
  if (name !== undefined) return place
  throw new UserError('The address names no topic and no queue', {
    hint: 'Write archive:RUN, parked:RUN, kafka://host:9092/TOPIC or amqp://host/VHOST/QUEUE.',
  })
}

/** An address that is written to: a topic without a group, a queue, or a place for them. */
export const parseTarget = (text: string): Place => {
  if (looksLikeTime(text))
    throw new UserError(`"${text}" is a time, not an address`, {
      hint: '--to takes where to copy to. A time goes to --to-time of replay.',
    })
  const place = parseAddress(text)
  if (place.address.kind !== 'kafka' || place.address.group === undefined) return place
  throw new UserError('A target has no group', {
    hint: 'Leave ?group= away; --group names the group that will work the lanes.',
  })
}

/** An address of a cluster alone; of RabbitMQ, with the virtual host. */
export const parseCluster = (text: string): Place => {
  const place = parseAddress(text)
  if (isCluster(place.address)) return place
  throw new UserError('Only the cluster is wanted here', {
    hint: 'Write kafka://host:9092, amqp://host:5672/VHOST, or its NAME in spillway.yaml.',
  })
}

const isCluster = (address: Address): boolean => {
  switch (address.kind) {
    case 'kafka':
      return address.topic === undefined && address.group === undefined
    case 'rabbitmq':
      return address.queue === undefined
    case 'named':
      return address.name === undefined
    default:
      return address satisfies never
  }
}

/** An `http(s)://host:port` of a management API, without a login. */
export const parseManagement = (text: string): string => {
  const match = /^https?:\/\/([^/?#\s]+)(\/[^?#\s]*)?$/i.exec(text)
  if (match === null)
    throw new UserError('This is not the address of a management API', { hint: 'Write http://host:15672.' })
  if (match[1]?.includes('@'))
    throw new UserError('The management API takes the login of the AMQP address', {
      hint: 'Leave the login away: http://host:15672.',
    })
  return text.replace(/\/+$/, '')
}

import { UserError } from '../errors.js'
import { suggestion } from './did-you-mean.js'
import type { QueueKey } from './queue-plan.js'

// The properties of class basic, in the words of AMQP 0-9-1 (1.8.1); the one of "cluster-id" is reserved and left out.
const PROPERTIES = [
  'content-type',
  'content-encoding',
  'delivery-mode',
  'priority',
  'correlation-id',
  'reply-to',
  'expiration',
  'message-id',
  'timestamp',
  'type',
  'user-id',
  'app-id',
]

/** What chooses the lane of a message: `routing-key`, `header:NAME` or `property:NAME`. Throws UserError. */
export const parseQueueKey = (text: string): QueueKey => {
  const [where, ...rest] = text.split(':')
  const name = rest.join(':')
  if (text === 'routing-key') return text
  if (where === 'header' && name !== '') return `header:${name}`
  if (where === 'property' && PROPERTIES.includes(name)) return `property:${name}`
  if (where === 'property')
    throw new UserError(`"${name}" is not a property of AMQP`, { hint: suggestion(name, PROPERTIES, 'properties') })
  throw new UserError(`"${text}" chooses no lane`, {
    hint: 'Write routing-key, header:NAME or property:NAME, as header:customer or property:correlation-id.',
  })
}

import { type Delivery, routingKey } from '../wire/delivery.js'
import { has, locate, type Property } from '../wire/header-frame.js'
import { headerValue, propertyText, tableEntries } from './headers.js'

/**
 * The key of a message as handlers see it: the routing key, the first header of a name, or a property. What is no string is its JSON text. Null
 * where the message has none, or no key was chosen.
 */
export function messageKey(delivery: Delivery, key: string | undefined): Buffer | null {
  if (key === undefined) return null
  if (key === 'routing-key') return routingKey(delivery)
  const { bytes, header } = delivery
  const name = key.slice(key.indexOf(':') + 1)
  if (key.startsWith('header:')) {
    const entry = tableEntries(delivery).find(each => each.name === name)
    return entry === undefined ? null : headerValue(bytes, entry)
  }
  const property = name as Property
  const span = has(bytes, header, property) ? locate(bytes, header)[property] : undefined
  return span === undefined ? null : propertyText(bytes, property, span)
}

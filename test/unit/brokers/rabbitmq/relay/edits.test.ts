import { describe, expect, it } from 'vitest'
import { deliveryCount, edit, keyOf } from '../../../../../src/brokers/rabbitmq/relay/edits.js'
import {
  delivery,
  type Encoded,
  EVERY_TYPE,
  entry,
  headerFrame,
  long,
  longLong,
  longText,
  ORDER,
  short,
  table,
} from '../a-message.js'

const EDITS = { expiration: true, userId: true, counts: true }
/** A double that no decoder gives back. */
const NAN = entry('nan', 'd', Buffer.from('7ff8000000000001', 'hex'))
const [FIRST = NAN] = EVERY_TYPE
const FULL: Required<Encoded> = {
  'content-type': short('text/plain'),
  'content-encoding': short(''),
  headers: table(...EVERY_TYPE, NAN),
  'delivery-mode': Buffer.of(2),
  priority: Buffer.of(9),
  'correlation-id': short('c-1'),
  'reply-to': short('back'),
  expiration: short('60000'),
  'message-id': short('m-1'),
  timestamp: longLong(1700000000),
  type: short('t'),
  'user-id': short('somebody'),
  'app-id': short('app'),
  'cluster-id': short(''),
}

/** What the edits promise, put together from the parts instead of cut out of the frame. */
function expected(encoded: Encoded): Encoded {
  const { expiration, 'user-id': user, headers, ...rest } = encoded
  const moved = [
    ...(expiration ? [entry('x-spillway-expiration', 'S', longText('60000'))] : []),
    ...(user ? [entry('x-spillway-user-id', 'S', longText('somebody'))] : []),
  ]
  if (headers === undefined && moved.length === 0) return rest
  return { ...rest, headers: table(headers?.subarray(4) ?? Buffer.alloc(0), ...moved) }
}

describe('edit', () => {
  it('moves expiration and a foreign user-id to headers and keeps every other byte, for each set of properties', () => {
    for (let set = 0; set < 1 << ORDER.length; set++) {
      const encoded: Encoded = {}
      for (const [index, name] of ORDER.entries()) if (set & (1 << index)) encoded[name] = FULL[name]
      const { header, unable } = edit(delivery({ encoded }), EDITS, 'guest')
      expect(unable).toBeUndefined()
      const same = encoded.expiration === undefined && encoded['user-id'] === undefined
      if (same) expect(header).toBeUndefined()
      else if (!header?.equals(headerFrame(expected(encoded), 5)))
        expect(header).toEqual(headerFrame(expected(encoded), 5))
    }
  })

  it('leaves its own user-id where it is', () => {
    expect(edit(delivery({ encoded: { 'user-id': short('guest') } }), EDITS, 'guest')).toEqual({})
  })

  it('leaves what the plan does not set aside', () => {
    const none = { expiration: false, userId: false, counts: false }
    expect(edit(delivery({ encoded: FULL, redelivered: true }), none, 'guest')).toEqual({})
  })

  it('takes the counts that a quorum queue adds off what it delivers again', () => {
    const counts = entry('x-delivery-count', 'l', longLong(3))
    const encoded = { headers: table(FIRST, counts, NAN) }
    const { header } = edit(delivery({ encoded, redelivered: true }), EDITS, 'guest')
    expect(header).toEqual(headerFrame({ headers: table(FIRST, NAN) }, 5))
    expect(edit(delivery({ encoded, redelivered: false }), EDITS, 'guest')).toEqual({})
  })

  it('cannot carry a message that already has the header which it would add', () => {
    const headers = table(entry('x-spillway-expiration', 'S', longText('5')))
    const { unable } = edit(delivery({ encoded: { headers, expiration: short('60000') } }), EDITS, 'guest')
    expect(unable).toBe('it carries both expiration and a header x-spillway-expiration')
  })
})

describe('deliveryCount', () => {
  it.each([
    ['b', Buffer.of(7)],
    ['s', Buffer.of(0, 7)],
    ['I', long(7)],
    ['l', longLong(7)],
  ])('reads an integer of type %s', (type, value) => {
    const headers = table(...EVERY_TYPE, entry('x-delivery-count', type, value))
    expect(deliveryCount(delivery({ encoded: { headers }, redelivered: true }))).toBe(7)
  })

  it('is 0 where the queue says nothing', () => {
    expect(deliveryCount(delivery({ encoded: FULL, redelivered: true }))).toBe(0)
  })
})

describe('keyOf', () => {
  const message = delivery({ encoded: FULL, routingKey: 'orders.eu' })

  it.each([
    ['routing-key', Buffer.from('orders.eu')],
    ['property:correlation-id', Buffer.from('c-1')],
    ['property:priority', Buffer.of(9)],
    ['property:timestamp', longLong(1700000000)],
    ['header:bytes', Buffer.from('raw')],
    ['header:binary', Buffer.of(0xff, 0xfe, 0, 0x80)],
    ['header:i8', Buffer.from('b\x80', 'latin1')],
  ])('takes the bytes of %s', (key, bytes) => {
    expect(keyOf(message, key)).toEqual(bytes)
  })

  it.each(['header:nothing', 'header:void', 'header:deep'])('has none for %s', key => {
    expect(keyOf(message, key)).toBeUndefined()
  })
})

import { describe, expect, it } from 'vitest'
import { isSame, outgoing } from '../../../../../src/brokers/rabbitmq/work/outgoing.js'
import { QueueMessage } from '../../../../../src/brokers/rabbitmq/work/queue-message.js'
import type { Message } from '../../../../../src/core/message.js'
import { UncarriableError } from '../../../../../src/fanout/ports.js'
import {
  delivery,
  type Encoded,
  entry,
  type Given,
  headerFrame,
  longLong,
  longText,
  short,
  table,
} from '../a-message.js'

const AS_GUEST = { username: 'guest', impersonates: false }
const own = (given: Given): Message => new QueueMessage(delivery(given), { target: 't', lane: '00' })
const sent = (given: Given, publishing = AS_GUEST) => outgoing(own(given), [], publishing).header
const frame = (encoded: Encoded) => headerFrame(encoded, 5)

const foreign: Message = {
  id: 'orders/3/17',
  key: Buffer.from('k'),
  value: Buffer.from('hello'),
  headers: [['a', Buffer.from('1')]],
  timestamp: 1_700_000_000_999,
  target: 'orders',
  lane: '3',
  mark: '17',
  size: 10,
}

describe('what goes out for a message of RabbitMQ', () => {
  it('is the frames that came', () => {
    const encoded = {
      headers: table(entry('v', 'V', Buffer.alloc(0))),
      'delivery-mode': Buffer.of(1),
      expiration: short('9'),
    }
    const { header, body } = outgoing(own({ encoded }), [], AS_GUEST)
    expect(header).toEqual(frame(encoded))
    expect(String(body)).toBe('hello')
  })

  it('has what a drain set aside where it was', () => {
    const headers = table(
      entry('x-spillway-expiration', 'S', longText('60000')),
      entry('x-spillway-user-id', 'S', longText('shop')),
    )
    const mayNot = { headers: table(entry('x-spillway-user-id', 'S', longText('shop'))), expiration: short('60000') }
    expect(sent({ encoded: { headers } })).toEqual(frame(mayNot))
    const may = { headers: table(), expiration: short('60000'), 'user-id': short('shop') }
    expect(sent({ encoded: { headers } }, { username: 'guest', impersonates: true })).toEqual(frame(may))
  })

  it('has the user-id of another in a header, and no counts of a quorum queue', () => {
    const count = entry('x-delivery-count', 'l', longLong(1))
    const encoded = { headers: table(count), 'user-id': short('shop') }
    const moved = { headers: table(entry('x-spillway-user-id', 'S', longText('shop'))) }
    expect(sent({ encoded, redelivered: true })).toEqual(frame(moved))
    expect(sent({ encoded: { 'user-id': short('guest') } })).toEqual(frame({ 'user-id': short('guest') }))
  })

  it('has extra headers once, however often it was sent', () => {
    const headers = table(entry('x-why', 'S', longText('old')), entry('a', 'S', longText('1')))
    const { header } = outgoing(own({ encoded: { headers } }), [['x-why', 'new']], AS_GUEST)
    expect(header).toEqual(
      frame({ headers: table(entry('a', 'S', longText('1')), entry('x-why', 'S', longText('new'))) }),
    )
  })
})

describe('what goes out for a message of another system', () => {
  it('is persistent, with key, id and time', () => {
    const headers = table(
      entry('a', 'S', longText('1')),
      entry('x-spillway-key', 'S', longText('k')),
      entry('x-spillway-id', 'S', longText('orders/3/17')),
      entry('x-why', 'S', longText('late')),
    )
    const { header, body } = outgoing(foreign, [['x-why', 'late']], AS_GUEST)
    const wanted = headerFrame({ headers, 'delivery-mode': Buffer.of(2), timestamp: longLong(1_700_000_000) }, 5, 0)
    expect(header).toEqual(wanted)
    expect(String(body)).toBe('hello')
  })

  it('says that a value was null', () => {
    const { header, body } = outgoing({ ...foreign, value: null, key: null, headers: [], timestamp: -1 }, [], AS_GUEST)
    const headers = table(
      entry('x-spillway-id', 'S', longText('orders/3/17')),
      entry('x-spillway-null', 't', Buffer.of(1)),
    )
    expect(header).toEqual(headerFrame({ headers, 'delivery-mode': Buffer.of(2) }, 0, 0))
    expect(body.length).toBe(0)
  })

  it('says what its value is and its message-id where it knows', () => {
    const known = { contentType: 'text/plain', messageId: 'm-1' }
    const typed = { ...foreign, value: null, key: null, headers: [], timestamp: -1, ...known }
    const headers = table(
      entry('x-spillway-id', 'S', longText('orders/3/17')),
      entry('x-spillway-null', 't', Buffer.of(1)),
    )
    const given = { 'content-type': short('text/plain'), 'message-id': short('m-1') }
    const wanted = headerFrame({ ...given, headers, 'delivery-mode': Buffer.of(2) }, 0, 0)
    expect(outgoing(typed, [], AS_GUEST).header).toEqual(wanted)
    expect(() => outgoing({ ...foreign, contentType: 'x'.repeat(256) }, [], AS_GUEST)).toThrow(UncarriableError)
    expect(() => outgoing({ ...foreign, messageId: 'x'.repeat(256) }, [], AS_GUEST)).toThrow(/message-id/)
  })

  it('is refused for a name that AMQP does not take', () => {
    const headers = [['ü'.repeat(128), Buffer.of(1)]] as const
    expect(() => outgoing({ ...foreign, headers }, [], AS_GUEST)).toThrow(UncarriableError)
  })
})

describe('a returned message', () => {
  it('is known by its bytes, whatever its channel', () => {
    const out = outgoing(foreign, [], AS_GUEST)
    const back = Buffer.from(out.header)
    back.writeUInt16BE(7, 1)
    expect(isSame(out, { header: back, body: Buffer.from('hello') })).toBe(true)
    expect(isSame(out, { header: back, body: Buffer.from('hallo') })).toBe(false)
  })
})

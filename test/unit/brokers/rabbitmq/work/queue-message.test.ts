import { describe, expect, it } from 'vitest'
import { detached, QueueMessage } from '../../../../../src/brokers/rabbitmq/work/queue-message.js'
import { originOf } from '../../../../../src/core/message.js'
import { delivery, type Encoded, entry, type Given, long, longLong, longText, short, table } from '../a-message.js'

const reading = { target: 'orders.spill.r', lane: '03' }
const decode = (given: Given, key?: string) => new QueueMessage(delivery(given), { ...reading, key })
const headersOf = (given: Given) =>
  decode(given).headers.map(([name, value]) => [String(name), value === null ? null : String(value)])

const TYPES = [
  entry('text', 'S', longText('abc')),
  entry('bytes', 'x', longText('raw')),
  entry('bool', 't', Buffer.of(1)),
  entry('i8', 'b', Buffer.of(0x80)),
  entry('u8', 'B', Buffer.of(0xff)),
  entry('i16', 's', Buffer.of(0x80, 1)),
  entry('u16', 'u', Buffer.of(0xff, 0xfe)),
  entry('i32', 'I', long(7)),
  entry('u32', 'i', long(0xfffffffe)),
  entry('i64', 'l', Buffer.from('7fffffffffffffff', 'hex')),
  entry('f64', 'd', Buffer.from('3fb999999999999a', 'hex')),
  entry('nan', 'd', Buffer.from('7ff8000000000000', 'hex')),
  entry('dec', 'D', Buffer.of(2, 0, 0, 0, 9)),
  entry('when', 'T', longLong(1_700_000_000)),
  entry('void', 'V', Buffer.alloc(0)),
  entry('list', 'A', longText('t\x01VS\x00\x00\x00\x01x')),
  entry(
    'nest',
    'F',
    table(
      entry('a"b', 'S', longText('1')),
      entry('a"b', 'I', long(2)),
      entry('bin', 'x', Buffer.concat([long(1), Buffer.of(0xff)])),
    ),
  ),
]

describe('a message of a queue', () => {
  it('has the headers table first, each value as its bytes or as JSON text', () => {
    expect(headersOf({ encoded: { headers: table(...TYPES) }, routingKey: '' })).toEqual([
      ['text', 'abc'],
      ['bytes', 'raw'],
      ['bool', 'true'],
      ['i8', '-128'],
      ['u8', '255'],
      ['i16', '-32767'],
      ['u16', '65534'],
      ['i32', '7'],
      ['u32', '4294967294'],
      ['i64', '9223372036854775807'],
      ['f64', '0.1'],
      ['nan', '"NaN"'],
      ['dec', '0.09'],
      ['when', '1700000000'],
      ['void', null],
      ['list', '[true,null,"x"]'],
      ['nest', '{"a\\"b":"1","a\\"b":2,"bin":{"base64":"/w=="}}'],
    ])
  })

  it('has its properties and routing key as headers, where they are set', () => {
    const encoded: Encoded = {
      'content-type': short('text/plain'),
      'delivery-mode': Buffer.of(2),
      timestamp: longLong(1_700_000_000),
      'user-id': short('guest'),
    }
    expect(headersOf({ encoded })).toEqual([
      ['amqp.content-type', 'text/plain'],
      ['amqp.delivery-mode', '2'],
      ['amqp.timestamp', '1700000000'],
      ['amqp.user-id', 'guest'],
      ['amqp.routing-key', 'rk'],
    ])
    expect(originOf(decode({ encoded, tag: 9 }))).toEqual({
      target: 'orders.spill.r',
      lane: '03',
      mark: '9',
      at: '2023-11-14T22:13:20.000Z',
    })
  })

  it('has no time where the property is missing, or none that a clock shows', () => {
    expect(decode({}).timestamp).toBe(-1)
    expect(decode({ encoded: { timestamp: longLong(2 ** 52) } }).timestamp).toBe(-1)
  })

  it('has the key that the plan names', () => {
    const headers = table(
      entry('customer', 'S', longText('c7')),
      entry('number', 'I', long(7)),
      entry('none', 'V', Buffer.alloc(0)),
    )
    const encoded: Encoded = { headers, 'correlation-id': short('x'), priority: Buffer.of(5) }
    const key = (name?: string) => decode({ encoded }, name).key?.toString() ?? null
    expect(key('routing-key')).toBe('rk')
    expect(key('header:customer')).toBe('c7')
    expect(key('header:number')).toBe('7')
    expect(key('header:none')).toBe(null)
    expect(key('header:absent')).toBe(null)
    expect(key('property:correlation-id')).toBe('x')
    expect(key('property:priority')).toBe('5')
    expect(key('property:type')).toBe(null)
    expect(key()).toBe(null)
  })

  it('keeps the body of many frames, and none', () => {
    const body = Buffer.from(Array.from({ length: 1000 }, (_, i) => i & 255))
    expect(decode({ body, cut: 300 }).value).toEqual(body)
    expect(decode({ body }).value).toEqual(body)
    expect(decode({ body: Buffer.alloc(0) }).value).toEqual(Buffer.alloc(0))
  })

  it('says the same from bytes of its own', () => {
    const given = delivery({
      encoded: { headers: table(...TYPES), 'message-id': short('m') },
      tag: 3,
      redelivered: true,
    })
    const bytes = Buffer.concat([Buffer.alloc(10_000), given.bytes.subarray(given.at, given.end), Buffer.alloc(10_000)])
    const shift = 10_000 - given.at
    const [at, header, body, end] = [given.at, given.header, given.body, given.end].map(offset => offset + shift)
    const far = { ...given, bytes, at, header, body, end, routing: given.routing + shift } as typeof given
    const own = detached(far)
    expect(own.bytes.length).toBe(given.end - given.at)
    const [one, other] = [new QueueMessage(own, reading), new QueueMessage(given, reading)]
    expect([one.id, one.value, one.headers, one.mark]).toEqual([other.id, other.value, other.headers, other.mark])
  })
})

describe('the id of a message', () => {
  it('is its message-id', () => {
    expect(decode({ encoded: { 'message-id': short('m-1') } }).id).toBe('m-1')
  })

  it('is a digest where there is none, the same when a quorum queue delivers it again', () => {
    const [a, b] = [entry('a', 'S', longText('1')), entry('b', 'I', long(2))]
    const first = decode({ encoded: { headers: table(b, a), 'message-id': short('') } }).id
    const count = entry('x-delivery-count', 'l', longLong(3))
    const again = { headers: table(a, b, count), 'message-id': short('') }
    expect(first).toMatch(/^sha256:[0-9a-f]{32}$/)
    expect(decode({ encoded: again, redelivered: true, tag: 7 }).id).toBe(first)
  })

  it('is the same where the server writes a 64-bit integer by the other of its letters', () => {
    const nested = (letter: string) => {
      const inner = table(entry('L', letter, longLong(4)), entry('s', 'S', longText('L')))
      const list = Buffer.concat([Buffer.from(letter), longLong(5), Buffer.from('t\x01')])
      return table(
        entry('big', letter, longLong(3)),
        entry('in', 'F', inner),
        entry('list', 'A', Buffer.concat([long(list.length), list])),
      )
    }
    const [given, again] = [nested('L'), nested('l')].map(headers => decode({ encoded: { headers } }).id)
    expect(again).toBe(given)
  })

  it('differs by routing key, property, header and body', () => {
    const ids = [
      {},
      { routingKey: 'other' },
      { body: Buffer.from('other') },
      { encoded: { type: short('t') } },
      { encoded: { 'app-id': short('t') } },
      { encoded: { headers: table(entry('a', 'S', longText('1'))) } },
      { encoded: { headers: table(entry('a', 'x', longText('1'))) } },
    ].map(given => decode(given).id)
    expect(new Set(ids).size).toBe(ids.length)
  })
})

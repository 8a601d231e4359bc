import { describe, expect, it } from 'vitest'
import { asKafka, asQueue, formatAddress, maskAddress, parseAddress } from '../../../src/core/address.js'
import { UserError } from '../../../src/errors.js'

const failure = (text: string): UserError => {
  try {
    parseAddress(text)
  } catch (error) {
    if (error instanceof UserError) return error
    throw error
  }
  throw new Error(`accepted ${text}`)
}

describe('parseAddress', () => {
  it('reads brokers, topic and group of a direct address', () => {
    expect(parseAddress('kafka://a:9093,b/orders?group=billing').address).toEqual({
      kind: 'kafka',
      brokers: ['a:9093', 'b:9092'],
      topic: 'orders',
      group: 'billing',
    })
  })

  it('reads the short form and the bare cluster', () => {
    expect(parseAddress('prod/orders?group=g').address).toEqual({
      kind: 'kafka',
      cluster: 'prod',
      brokers: [],
      topic: 'orders',
      group: 'g',
    })
    expect(parseAddress('prod').address).toEqual({ kind: 'named', cluster: 'prod' })
    expect(parseAddress('prod/orders').address).toEqual({ kind: 'named', cluster: 'prod', name: 'orders' })
    expect(parseAddress('kafka://a').address).toEqual({ kind: 'kafka', brokers: ['a:9092'] })
    expect(parseAddress('kafka://a:9092/').address).toEqual({ kind: 'kafka', brokers: ['a:9092'] })
  })

  it('keeps the brackets of an IPv6 host', () => {
    expect(parseAddress('kafka://[::1]:9094,[fe80::1]/t').address).toMatchObject({
      brokers: ['[::1]:9094', '[fe80::1]:9092'],
    })
  })

  it('decodes percent signs in user, password, topic and group', () => {
    const place = parseAddress('kafka://us%40er:p%2Fw%3F@a/t%2Dx?group=a%20b%26c')
    expect(place.credentials).toEqual({ username: 'us@er', password: 'p/w?' })
    expect(place.address).toMatchObject({ topic: 't-x', group: 'a b&c' })
  })

  it('reads passwords with an at sign or a slash, and users without a password', () => {
    expect(parseAddress('kafka://u:p@/w@a:9092/t').credentials).toEqual({ username: 'u', password: 'p@/w' })
    expect(parseAddress('kafka://u@a/t').credentials).toEqual({ username: 'u' })
  })

  it('takes no login out of a group with an at sign', () => {
    expect(parseAddress('kafka://a:9092/t?group=x@y')).toEqual({
      address: { kind: 'kafka', brokers: ['a:9092'], topic: 't', group: 'x@y' },
    })
  })

  it.each(['file:x.csv'])('says that %s comes later', text => expect(failure(text).message).toContain('later version'))

  it.each(['archive:RUN', 'parked:RUN', 'postgres://h/d', 'mysql://h/d'])('says that %s is for replay', text =>
    expect(failure(text).message).toContain('what `replay` reads'),
  )

  it.each([
    ['', 'not an address'],
    ['/orders', 'not an address'],
    ['http://h/t', 'Unknown kind'],
    ['kafka:///t', 'names no broker'],
    ['kafka://a:99999/t', 'not a broker'],
    ['kafka://a:x/t', 'not a broker'],
    ['kafka://a/t/u', 'not a legal topic name'],
    ['kafka://a/..', 'not a legal topic name'],
    ['kafka://a/t?grup=g', 'Unknown part "grup"'],
    ['kafka://a/t?group=', 'group in the address is empty'],
    ['kafka://a/t?group=%zz', 'hex digits'],
    ['2024-01-01', 'is a time'],
    ['kafka://:pw@a/t', 'no user'],
    ['amqp://h//q?group=g', 'A queue has no group'],
    ['amqp://h//q?heartbeat=5', 'Unknown part "heartbeat"'],
    ['amqp://h/v/q/more', 'more than a VHOST and a QUEUE'],
    ['amqp:///v/q', 'names no server'],
    ['amqp://a,b/v/q', 'not a server'],
    ['amqp://h:0//q', 'not a server'],
    [`amqp://h//${'q'.repeat(256)}`, 'longer than 255 bytes'],
    ['prod/a/b', 'too many parts'],
  ])('refuses %j', (text, message) => expect(failure(text).message).toContain(message))

  it.each([
    'kafka://u:hunter2@a:x/t',
    'kafka://u:hun?ter2@a/t',
    'kafka://u:hunter2@a/t?grup=g',
    'u:hunter2@a/t',
    'amqp://u:hunter2@a:x//q',
    'amqp://u:hun?ter2@a//q',
  ])('shows no password when it refuses %s', text =>
    expect(`${failure(text).message}${failure(text).hint}`).not.toMatch(/hunter2|ter2/),
  )
})

describe('an address of RabbitMQ', () => {
  const server = (host: string, port: number, tls = false) => ({ host, port, tls })

  it.each([
    ['amqp://h//orders', { server: server('h', 5672), vhost: '/', queue: 'orders' }],
    ['amqp://h/%2F/orders', { server: server('h', 5672), vhost: '/', queue: 'orders' }],
    ['amqps://h/shop/a%2Fb%3F', { server: server('h', 5671, true), vhost: 'shop', queue: 'a/b?' }],
    ['AMQP://[::1]:5673/shop', { server: server('[::1]', 5673), vhost: 'shop' }],
    ['amqp://h', { server: server('h', 5672), vhost: '/' }],
    ['amqp://h/', { server: server('h', 5672), vhost: '/' }],
    ['amqp://h/v/über uns', { server: server('h', 5672), vhost: 'v', queue: 'über uns' }],
  ])('reads %s', (text, address) => expect(parseAddress(text).address).toEqual({ kind: 'rabbitmq', ...address }))

  it('keeps the password beside the address', () => {
    const { address, credentials } = parseAddress('amqps://ops:p%40w/x@h//q')
    expect(credentials).toEqual({ username: 'ops', password: 'p@w/x' })
    expect(JSON.stringify(address)).not.toContain('p@w')
  })

  it('takes a named cluster for a queue or a topic, as asked', () => {
    const { address } = parseAddress('rabbit/orders')
    expect(asQueue(address)).toEqual({ kind: 'rabbitmq', cluster: 'rabbit', queue: 'orders' })
    expect(asKafka(address)).toEqual({ kind: 'kafka', cluster: 'rabbit', brokers: [], topic: 'orders' })
    expect(() => asQueue(parseAddress('kafka://h/t').address)).toThrow('not an address of RabbitMQ')
    expect(() => asKafka(parseAddress('amqp://h//q').address)).toThrow('not an address of Kafka')
  })
})

const QUEUES = ['amqp://h:5672//q', 'amqps://h:5671/v%2Fw/a%2Fb%25', 'amqp://h:5672', 'amqp://h:5672/v', 'rabbit/a%2Fb']

describe('formatAddress', () => {
  it('can be typed again and has no credentials', () => {
    for (const text of [
      'kafka://a:9092,b:9092/t?group=g',
      'prod/t?group=a%40b',
      'prod',
      'kafka://[::1]:9092/t',
      ...QUEUES,
    ])
      expect(formatAddress(parseAddress(text).address)).toBe(text)
    expect(formatAddress(parseAddress('kafka://u:pw@a:1/t').address)).toBe('kafka://a:1/t')
  })
})

describe('maskAddress', () => {
  it('replaces passwords anywhere in a text', () => {
    expect(maskAddress('no route to kafka://u:p@w/x@h:9092/t, nor amqp://a:b@c/d')).toBe(
      'no route to kafka://u:***@h:9092/t, nor amqp://a:***@c/d',
    )
    expect(maskAddress('kafka://h:9092/t?group=g')).toBe('kafka://h:9092/t?group=g')
    expect(maskAddress('kafka://u:PASSWORDS@h/t')).toBe('kafka://u:***@h/t')
  })

  it('leaves the examples of hints legible', () => {
    const hint = 'Set url: "amqps://user:${NAME}@host/VHOST", or write kafka://user:PASSWORD@host:9092/TOPIC.'
    expect(maskAddress(hint)).toBe(hint)
  })
})

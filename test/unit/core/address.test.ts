import { describe, expect, it } from 'vitest'
import { formatAddress, maskAddress, parseAddress } from '../../../src/core/address.js'
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
    expect(parseAddress('prod').address).toEqual({ kind: 'kafka', cluster: 'prod', brokers: [] })
    expect(parseAddress('kafka://a').address).toEqual({ kind: 'kafka', brokers: ['a:9092'] })
    expect(parseAddress('kafka://a:9092/').address).toEqual({ kind: 'kafka', brokers: ['a:9092'] })
  })

  it('keeps the brackets of an IPv6 host', () => {
    expect(parseAddress('kafka://[::1]:9094,[fe80::1]/t').address.brokers).toEqual(['[::1]:9094', '[fe80::1]:9092'])
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

  it.each(['amqp://localhost//orders', 'postgres://h/d', 'mysql://h/d', 'file:x.csv', 'archive:RUN', 'parked:RUN'])(
    'says that %s comes later',
    text => expect(failure(text).message).toContain('later version'),
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
  ])('refuses %j', (text, message) => expect(failure(text).message).toContain(message))

  it.each(['kafka://u:hunter2@a:x/t', 'kafka://u:hun?ter2@a/t', 'kafka://u:hunter2@a/t?grup=g', 'u:hunter2@a/t'])(
    'shows no password when it refuses %s',
    text => expect(`${failure(text).message}${failure(text).hint}`).not.toMatch(/hunter2|ter2/),
  )
})

describe('formatAddress', () => {
  it('can be typed again and has no credentials', () => {
    for (const text of ['kafka://a:9092,b:9092/t?group=g', 'prod/t?group=a%40b', 'prod', 'kafka://[::1]:9092/t'])
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
  })
})

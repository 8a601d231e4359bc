import { describe, expect, it } from 'vitest'
import { connectError, fromAmqp } from '../../../../src/brokers/rabbitmq/errors.js'

const settings = { host: 'mq', port: 5672, vhost: '/', username: 'ops', password: 'hunter2' }

describe('a connection that could not be made', () => {
  it('says first that nobody could be reached, then what the network said', () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED 10.0.0.1:5672'), { code: 'ECONNREFUSED' })
    expect(connectError(refused, settings)).toMatchObject({
      exitCode: 2,
      code: 'unreachable',
      message: 'mq:5672: no RabbitMQ can be reached (connect ECONNREFUSED 10.0.0.1:5672)',
    })
  })
})

/** A closed channel as amqplib tells it. */
const closed = (code: number, name: string, words: string) =>
  Object.assign(new Error(`Channel closed by server: ${code} (${name}) with message "${name} - ${words}"`), { code })
const doing = { doing: 'Looking at orders', queue: 'orders' }

it.each([
  "home node 'rabbit@two' of durable queue 'orders' in vhost '/' is down or inaccessible",
  "queue 'orders' in vhost '/' has crashed and failed to restart",
  "queue 'orders' in vhost '/' process is stopped by supervisor",
  "failed to perform operation on queue 'orders' in vhost '/' due to timeout",
])('takes a queue that is away for one that may come back: %s', words => {
  expect(fromAmqp(closed(404, 'NOT_FOUND', words), doing)).toMatchObject({ code: 'queue-down', retry: true })
})

it('takes a queue that is not there for gone', () => {
  const gone = closed(404, 'NOT_FOUND', "no queue 'orders' in vhost '/'")
  expect(fromAmqp(gone, doing)).toMatchObject({ code: 'no-queue', exitCode: 2 })
})

it('takes a channel that consumer_timeout closed for a loss, and any other 406 for a no', () => {
  const late = closed(
    406,
    'PRECONDITION_FAILED',
    'delivery acknowledgement on channel 1 timed out. Timeout value used: 1800000 ms',
  )
  expect(fromAmqp(late, doing)).toMatchObject({ code: 'consumer-timeout', retry: true })
  const other = closed(406, 'PRECONDITION_FAILED', "inequivalent arg 'durable'")
  expect(fromAmqp(other, doing)).toMatchObject({ code: 'amqp-406', retry: false })
})

it('names the right that is missing and how to grant it', () => {
  const refused = closed(403, 'ACCESS_REFUSED', "access to queue 'orders' in vhost '/' refused for user 'app'")
  const context = { ...doing, permission: 'read', username: 'app' } as const
  expect(fromAmqp(refused, context)).toMatchObject({
    code: 'permission',
    hint: expect.stringContaining('Grant read on orders to app'),
  })
})

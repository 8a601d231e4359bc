import { describe, expect, it } from 'vitest'
import { connectError } from '../../../../src/brokers/rabbitmq/errors.js'

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

import { describe, expect, it } from 'vitest'
import { type Sources, settingsInForce } from '../../../../../src/brokers/rabbitmq/survey/settings-in-force.js'

const of = (given: Partial<Sources>) =>
  settingsInForce({ type: 'classic', serverVersion: '3.10.8', arguments: {}, definition: {}, policies: [], ...given })

describe('settingsInForce', () => {
  it('takes the lower one of argument and policy for TTL and limits', () => {
    const both = { policy: 'p', definition: { 'message-ttl': 10, 'max-length': 900 } }
    const settings = of({ arguments: { 'x-message-ttl': 20, 'x-max-length': 500 }, ...both })
    expect(settings.messageTtl).toEqual({ value: 10, by: 'policy p' })
    expect(settings.maxLength).toEqual({ value: 500, by: 'argument x-max-length' })
  })

  it('takes the argument before the policy for everything else', () => {
    const settings = of({
      arguments: { 'x-dead-letter-exchange': 'own', 'x-overflow': 'drop-head' },
      policy: 'p',
      definition: { 'dead-letter-exchange': 'dlx', overflow: 'reject-publish' },
    })
    expect(settings.deadLetterExchange).toEqual({ value: 'own', by: 'argument x-dead-letter-exchange' })
    expect(settings.overflow?.value).toBe('drop-head')
  })

  it('tells whether the policy or the operator policy set a value', () => {
    const rule = { pattern: '.*', applyTo: 'queues', priority: 0 }
    const policies = [
      { ...rule, name: 'p', operator: false, definition: { 'message-ttl': 100, 'max-length': 5 } },
      { ...rule, name: 'op', operator: true, definition: { 'message-ttl': 50 } },
    ]
    const definition = { 'message-ttl': 50, 'max-length': 5 }
    const settings = of({ policy: 'p', operatorPolicy: 'op', policies, definition })
    expect(settings.messageTtl?.by).toBe('operator policy op')
    expect(settings.maxLength?.by).toBe('policy p')
  })

  it('knows the default delivery limit of quorum queues since 4.0, and that -1 lifts it', () => {
    const quorum = { type: 'quorum', serverVersion: '4.0.9' }
    expect(of(quorum).deliveryLimit).toEqual({ value: 20, by: 'default of RabbitMQ 4.0.9' })
    expect(of({ ...quorum, serverVersion: '3.13.7' }).deliveryLimit).toBeUndefined()
    expect(of({ ...quorum, type: 'classic' }).deliveryLimit).toBeUndefined()
    expect(of({ ...quorum, arguments: { 'x-delivery-limit': -1 } }).deliveryLimit).toBeUndefined()
    expect(of({ ...quorum, policy: 'p', definition: { 'delivery-limit': 5 } }).deliveryLimit?.value).toBe(5)
  })
})

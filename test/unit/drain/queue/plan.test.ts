import { describe, expect, it } from 'vitest'
import { toPrettyJson } from '../../../../src/core/canonical-json.js'
import { verifyPlan } from '../../../../src/core/digest.js'
import { reviveQueuePlan } from '../../../../src/core/revive-queue-plan.js'
import { prefetchFor } from '../../../../src/drain/queue/plan/prefetch.js'
import { planQueueDrain } from '../../../../src/drain/queue/plan.js'
import { aBlindSurvey, aQueueSurvey, someQueueOptions } from './a-queue-survey.js'

describe('planQueueDrain', () => {
  it('plans ten durable queues of the source type behind names of their own', () => {
    const plan = planQueueDrain(aQueueSurvey(), someQueueOptions())
    expect(plan.laneQueues).toHaveLength(10)
    expect(plan.laneQueues[0]).toBe('orders.spill.20261121-1200-k3f9.00')
    expect(plan.laneQueues[9]).toBe('orders.spill.20261121-1200-k3f9.09')
    expect(plan.laneArguments).toEqual({ 'x-queue-type': 'classic' })
    expect(plan.target).toBe('amqp://one:5672//orders.spill.20261121-1200-k3f9')
    expect(plan.refusals).toEqual([])
  })

  it('has one lane, the queue, with the ready count captured', () => {
    const { lanes } = planQueueDrain(aQueueSurvey(), someQueueOptions({ lanes: 3 }))
    expect(lanes).toEqual([{ lane: 'orders', from: '0', to: '100000', messages: 100_000n, targets: [0, 1, 2] }])
  })

  it('copies priorities, but nothing that takes messages away', () => {
    const own = { 'x-queue-type': 'classic', 'x-max-priority': 5, 'x-message-ttl': 1000, 'x-max-length': 10 }
    const plan = planQueueDrain(aQueueSurvey({ queue: { arguments: own } }), someQueueOptions())
    expect(plan.laneArguments).toEqual({ 'x-queue-type': 'classic', 'x-max-priority': 5 })
  })

  it('keeps order only where a key says what it is', () => {
    expect(planQueueDrain(aQueueSurvey(), someQueueOptions()).order).toBe('none')
    const keyed = planQueueDrain(aQueueSurvey(), someQueueOptions({ key: 'header:customer' }))
    expect([keyed.order, keyed.key]).toEqual(['key', 'header:customer'])
    expect(() => planQueueDrain(aQueueSurvey(), someQueueOptions({ order: 'key' }))).toThrow('what the key is')
    expect(() => planQueueDrain(aQueueSurvey(), someQueueOptions({ order: 'none', key: 'routing-key' }))).toThrow(
      'exclude each other',
    )
  })

  it('makes a single-active-consumer queue choose', () => {
    const survey = aQueueSurvey({
      queue: { settings: { singleActiveConsumer: { value: true, by: 'argument x-single-active-consumer' } } },
    })
    expect(() => planQueueDrain(survey, someQueueOptions())).toThrow('single active consumer')
    expect(planQueueDrain(survey, someQueueOptions({ order: 'none' })).order).toBe('none')
    expect(planQueueDrain(survey, someQueueOptions({ key: 'routing-key' })).singleActiveConsumer).toBe(true)
  })

  it('refuses a stream, an exclusive queue and impossible numbers of lanes', () => {
    const drawn = (queue: object, options = {}) => planQueueDrain(aQueueSurvey({ queue }), someQueueOptions(options))
    expect(() => drawn({ type: 'stream' })).toThrow('stream')
    expect(() => drawn({ exclusive: true })).toThrow('exclusive')
    for (const lanes of [0, -1, 1.5, 100_000]) expect(() => drawn({}, { lanes })).toThrow('--lanes')
    expect(() => drawn({}, { lanes: 2, factor: 2 })).toThrow('exclude each other')
    expect(() => drawn({}, { first: 0 })).toThrow('--first')
  })

  it('comes back from its file as it was', () => {
    const plan = planQueueDrain(aQueueSurvey(), someQueueOptions({ first: 10, rate: { messages: 100 } }))
    expect(reviveQueuePlan(JSON.parse(toPrettyJson(plan)))).toEqual(plan)
    expect(verifyPlan(toPrettyJson(plan))).toEqual(plan)
    expect(planQueueDrain(aQueueSurvey(), someQueueOptions({ first: 10, rate: { messages: 100 } }))).toEqual(plan)
  })

  it('says the most that may be there twice, and how the backlog is given back', () => {
    const plan = planQueueDrain(aQueueSurvey(), someQueueOptions())
    expect(plan.duplicatesAtMost).toContain('up to 5,000 twice')
    expect(plan.undoPossibleUntil).toContain('behind what arrived since')
    expect(planQueueDrain(aQueueSurvey(), someQueueOptions({ key: 'routing-key' })).undoPossibleUntil).toContain(
      'only while the source is empty',
    )
  })

  it('keeps user-id only for a user who may impersonate', () => {
    const as = (tags: string[]) => planQueueDrain(aQueueSurvey({ user: { name: 'ops', tags } }), someQueueOptions())
    expect(as(['impersonator']).setAside).toMatchObject({ expiration: true, userId: false })
    expect(as(['administrator']).setAside).toMatchObject({ expiration: true, userId: true })
    expect(as([]).warnings.join()).toContain('x-spillway-user-id')
  })

  it('names the counts of a quorum queue that are left out of its copies', () => {
    const of = (type: 'classic' | 'quorum') => planQueueDrain(aQueueSurvey({ queue: { type } }), someQueueOptions())
    expect([of('quorum').setAside.deliveryCounts, of('classic').setAside.deliveryCounts]).toEqual([true, false])
    expect(of('quorum').warnings.join()).toContain('x-delivery-count and x-acquired-count')
    expect(of('classic').warnings.join()).not.toContain('x-delivery-count')
  })

  it('knows who logs in, but for the guest and the user of a named cluster', () => {
    const userOf = (given: Parameters<typeof aQueueSurvey>[0]) =>
      planQueueDrain(aQueueSurvey(given), someQueueOptions()).user
    expect(userOf({})).toBe('ops')
    expect(userOf({ user: { name: 'guest' } })).toBeUndefined()
    expect(userOf({ source: 'mq/orders' })).toBeUndefined()
  })

  it('names the delivery limit and the policy that raises it', () => {
    const survey = aQueueSurvey({
      queue: { type: 'quorum', settings: { deliveryLimit: { value: 20, by: 'default of RabbitMQ 4.0.9' } } },
    })
    const plan = planQueueDrain(survey, someQueueOptions())
    expect(plan.deliveryLimit).toEqual({ limit: 20, by: 'default of RabbitMQ 4.0.9' })
    expect(plan.warnings.join('\n')).toMatch(/delivery-limit 20 .*rabbitmqctl set_policy/)
  })

  it('plans without the management API, and says what nobody can rule out', () => {
    const plan = planQueueDrain(aBlindSurvey(), someQueueOptions())
    expect(plan.queueType).toBe('classic')
    expect(plan.expect.bytesIsGuess).toBe(true)
    expect(plan.prefetch).toBe(1024)
    expect(plan.refusals).toEqual([])
    expect(plan.warnings.join('\n')).toContain('nobody can rule out policies')
    expect(plan.warnings.join('\n')).toContain('type of orders is unknown')
  })

  it('plans nothing for an empty queue', () => {
    const plan = planQueueDrain(aQueueSurvey({ total: { ready: 0n, bytes: 0n } }), someQueueOptions())
    expect(plan.expect.messages).toBe(0n)
    expect(plan.lanes[0]?.to).toBe('0')
  })

  it('warns of a queue that is deleted when nobody consumes', () => {
    const survey = aQueueSurvey({ queue: { settings: { expires: { value: 60_000, by: 'policy short' } } } })
    expect(planQueueDrain(survey, someQueueOptions()).warnings[0]).toContain('DELETED')
  })
})

describe('prefetchFor', () => {
  it.each([
    [100, 5000],
    [4095, 5000],
    [4096, 2000],
    [64 * 1024, 1024],
    [1024 * 1024, 64],
    [5 * 1024 * 1024, 12],
    [128 * 1024 * 1024, 1],
  ])('is bounded by 64 MiB: bodies of %i bytes get %i', (bytes, prefetch) => {
    expect(prefetchFor(bytes)).toBe(prefetch)
  })
})

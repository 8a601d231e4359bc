import { describe, expect, it } from 'vitest'
import { planQueueDrain } from '../../../../src/drain/queue/plan.js'
import { queueRefusals } from '../../../../src/drain/queue/refusals.js'
import { aBlindSurvey, aNode, aPolicy, aQueueSurvey, someQueueOptions } from './a-queue-survey.js'

type Given = Parameters<typeof aQueueSurvey>[0]
const refused = (given: Given, options = someQueueOptions()) => {
  const survey = aQueueSurvey(given)
  return queueRefusals(survey, planQueueDrain(survey, options))
}
const codes = (given: Given, options = someQueueOptions()) => refused(given, options).map(({ code }) => code)

describe('refusals because of readers', () => {
  it('names each consumer by tag, host and connection', () => {
    const consumers = [{ tag: 'ctag-1', connection: '10.0.0.7:41234 -> 10.0.0.2:5672', host: '10.0.0.7', user: 'app' }]
    const [refusal] = refused({ consumerCount: 1, consumers, verdict: 'live' })
    expect(refusal).toMatchObject({ code: 'consumers-live', mayClear: true })
    expect(refusal?.message).toBe(
      'orders has 1 consumer: ctag-1 at 10.0.0.7, user app (10.0.0.7:41234 -> 10.0.0.2:5672)',
    )
  })

  it('refuses pollers whatever the operator says, a shrinking queue unless the operator knows why', () => {
    expect(codes({ pollers: true, verdict: 'unsure' }, someQueueOptions({ consumersStopped: true }))).toEqual([
      'pollers',
    ])
    expect(codes({ verdict: 'unsure' })).toEqual(['queue-moves'])
    expect(codes({ verdict: 'unsure' }, someQueueOptions({ consumersStopped: true }))).toEqual([])
  })

  it('refuses while another run holds the lock, and says once who reads', () => {
    const lock = { queue: 'spillway.lock.orders', by: '10.0.0.9:1 -> 10.0.0.2:5672' }
    expect(codes({ lock, consumerCount: 1, verdict: 'live' })).toEqual(['claimed'])
  })
})

describe('refusals because of the server', () => {
  it('refuses under a memory or disk alarm, which may clear', () => {
    const [refusal] = refused({ nodes: [aNode({ memoryAlarm: true, diskAlarm: true })] })
    expect(refusal).toMatchObject({ code: 'alarm', at: 'node rabbit@one', mayClear: true })
    expect(refusal?.hint).toContain('spillway discard')
  })

  it('refuses where the copy would run the disk into its alarm', () => {
    expect(codes({ nodes: [aNode({ diskFree: 200n * 2n ** 20n, diskLimit: 50n * 2n ** 20n })] })).toEqual([
      'disk-too-small',
    ])
  })

  it('refuses a queue that goes with its last consumer, and one that is down', () => {
    expect(codes({ queue: { autoDelete: true } })).toEqual(['auto-delete'])
    expect(codes({ queue: { state: 'minority' } })).toEqual(['queue-down'])
    expect(codes({ queue: { state: 'flow' } })).toEqual([])
  })

  it('refuses names that are taken, and a virtual host that is full', () => {
    const name = 'orders.spill.20261121-1200-k3f9.03'
    expect(codes({ temporaryQueues: [{ name, messages: 0n }] })).toEqual(['target-exists'])
    const [full] = refused({ queueLimit: { limit: 20, now: 15 } })
    expect(full).toMatchObject({ code: 'queue-limit', hint: 'At most --lanes 5 fits.' })
  })

  it('refuses to follow a tail that --rate never catches', () => {
    const options = someQueueOptions({ until: 'caught-up', rate: { messages: 100 } })
    expect(codes({ total: { growth: 200 } }, options)).toEqual(['never-catches-up'])
  })
})

describe('refusals because of policies', () => {
  it.each([
    ['message-ttl', 60_000],
    ['expires', 1000],
    ['max-length', 500],
    ['max-length-bytes', 500],
    ['dead-letter-exchange', 'dlx'],
  ])('refuses %s on the temporary queues, naming the policy and the command that clears it', (key, value) => {
    const [refusal] = refused({
      policies: [aPolicy({ name: 'short', pattern: '^orders', priority: 7, definition: { [key]: value } })],
    })
    expect(refusal?.code).toBe('policy')
    expect(refusal?.message).toContain(
      `Policy short (pattern "^orders", priority 7, applies to queues) would put ${key}=${value}`,
    )
    expect(refusal?.hint).toContain(
      `rabbitmqctl set_policy -p '/' --priority 8 --apply-to queues spillway-lanes '^orders\\.spill\\.' '{"overflow":"reject-publish"}'`,
    )
  })

  it('lets a policy pass that ends with the name of the source, or is outranked by a harmless one', () => {
    const harmful = { definition: { 'message-ttl': 1 } }
    expect(codes({ policies: [aPolicy({ pattern: '^orders$', ...harmful })] })).toEqual([])
    expect(codes({ policies: [aPolicy(harmful), aPolicy({ pattern: 'spill', priority: 1 })] })).toEqual([])
    expect(codes({ policies: [aPolicy({ ...harmful, priority: 2 }), aPolicy({ priority: 1 })] })).toEqual(['policy'])
  })

  it('counts every one of those that share the highest priority, as any may be chosen', () => {
    expect(codes({ policies: [aPolicy(), aPolicy({ name: 'other', definition: { expires: 1 } })] })).toEqual(['policy'])
  })

  it('takes operator policies beside policies, not instead', () => {
    const operator = aPolicy({ name: 'limit', operator: true, definition: { 'max-length': 10 } })
    const [refusal] = refused({ policies: [aPolicy({ priority: 9 }), operator] })
    expect(refusal?.message).toContain('Operator policy limit')
    expect(refusal?.hint).toContain('set_operator_policy')
    const above = aPolicy({ name: 'x', operator: true, priority: 1, definition: { 'max-length': 1e12 } })
    expect(codes({ policies: [operator, above] })).toEqual([])
  })

  it('only notes a length limit that the run cannot reach, unless it follows the tail', () => {
    const policies = [aPolicy({ definition: { 'max-length': 100_000 } })]
    expect(codes({ policies })).toEqual([])
    expect(planQueueDrain(aQueueSurvey({ policies }), someQueueOptions()).warnings.join()).toContain(
      'max-length=100,000',
    )
    expect(codes({ policies }, someQueueOptions({ until: 'caught-up' }))).toEqual(['policy'])
  })

  it('looks at what a policy applies to', () => {
    const ttl = { definition: { 'message-ttl': 1 } }
    expect(codes({ policies: [aPolicy({ applyTo: 'quorum_queues', ...ttl })] })).toEqual([])
    expect(codes({ policies: [aPolicy({ applyTo: 'classic_queues', ...ttl })] })).toEqual(['policy'])
    expect(codes({ policies: [aPolicy({ applyTo: 'all', ...ttl })] })).toEqual(['policy'])
    const quorum = { type: 'quorum' as const, arguments: { 'x-queue-type': 'quorum' } }
    expect(codes({ queue: quorum, policies: [aPolicy({ applyTo: 'quorum_queues', ...ttl })] })).toEqual(['policy'])
  })

  it('passes over a policy with a key that the queue type does not know: the server does not apply it', () => {
    const definition = { 'message-ttl': 1, 'delivery-limit': 5 }
    expect(codes({ policies: [aPolicy({ definition })] })).toEqual([])
    const quorum = { type: 'quorum' as const, arguments: { 'x-queue-type': 'quorum' } }
    expect(codes({ queue: quorum, policies: [aPolicy({ definition })] })).toEqual(['policy'])
  })

  it('refuses an alternate exchange on the exchanges: a copy that reaches no queue would not come back', () => {
    const policies = [aPolicy({ applyTo: 'exchanges', definition: { 'alternate-exchange': 'lost' } })]
    expect(refused({ policies })[0]?.message).toContain('alternate-exchange=lost on the temporary exchanges')
  })

  it('refuses where it can not judge a pattern, and says may', () => {
    const policies = [aPolicy({ pattern: '(?>ord)ers', definition: { expires: 1 } })]
    expect(refused({ policies })[0]?.message).toContain('may put expires=1')
  })

  it('can not refuse what nobody may read, and warns instead', () => {
    const { policies: _, ...survey } = aQueueSurvey()
    expect(planQueueDrain(survey, someQueueOptions()).warnings.join()).toContain('Policies can not be read')
    expect(planQueueDrain(aBlindSurvey(), someQueueOptions()).refusals).toEqual([])
  })
})

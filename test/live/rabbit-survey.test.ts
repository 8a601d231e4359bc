import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { connect, type RabbitLink } from '../../src/brokers/rabbitmq/link.js'
import type { RabbitSettings } from '../../src/brokers/rabbitmq/settings.js'
import { planQueueDrain } from '../../src/drain/queue/plan.js'
import { queueRefusals } from '../../src/drain/queue/refusals.js'
import { alarm, api, freshVhost, withRabbit, witness } from './rabbit-lab.js'
import { filled, RUN, surveyed } from './rabbit-survey-harness.js'

const VHOST = 'survey'
const QUICK_ENOUGH = { timeout: 60_000, interval: 500 }
let settings: RabbitSettings
let link: RabbitLink

beforeAll(async () => {
  await freshVhost(inject('rabbitmq'), VHOST)
  settings = { ...inject('rabbitmq').settings, vhost: VHOST }
  link = await connect(settings, 'test')
})
afterAll(() => link.close())

/** What the statistics know; they come in by the second. */
const settled = (queue: string, ready: number) =>
  expect.poll(async () => (await surveyed(settings, queue, 0)).total.bytes, QUICK_ENOUGH).toBe(BigInt(ready) * 100n)

describe('the survey of a queue', () => {
  it('tells counts, sizes, type, arguments and the age of the head, and consumes nothing to do so', async () => {
    const hourAgo = Math.floor(Date.now() / 1000) - 3600
    const args = { 'x-queue-type': 'classic', 'x-message-ttl': 7_200_000, 'x-max-priority': 3 }
    await filled(link, 'plain', { count: 200, timestamp: hourAgo, args })
    await settled('plain', 200)
    const survey = await surveyed(settings, 'plain')
    expect(survey.management.available).toBe(true)
    expect(survey).toMatchObject({ consumerCount: 0, verdict: 'idle', pollers: false })
    expect(survey.total).toMatchObject({ ready: 200n, unacked: 0n, averageBytes: 100 })
    expect(survey.queue).toMatchObject({ type: 'classic', durable: true, state: 'running' })
    expect(survey.queue.settings).toMatchObject({
      messageTtl: { value: 7_200_000, by: 'argument x-message-ttl' },
      maxPriority: { value: 3 },
    })
    expect(survey.total.oldestAgeSeconds).toBeGreaterThan(3595)
    expect(survey.total.firstExpiry?.low).toBeLessThan(3605)
    expect(survey.nodes[0]).toMatchObject({ running: true, memoryAlarm: false, diskAlarm: false })
    const messages = await witness(inject('rabbitmq'), 'plain', { vhost: VHOST, mode: 'peek' })
    expect(messages.filter(({ redelivered }) => redelivered)).toEqual([])
    expect(messages).toHaveLength(200)
  })

  it('tells a quorum queue with its members', async () => {
    await filled(link, 'quorum', { count: 50, args: { 'x-queue-type': 'quorum', 'x-delivery-limit': 7 } })
    const survey = await surveyed(settings, 'quorum')
    expect(survey.queue.type).toBe('quorum')
    expect(survey.queue.members).toHaveLength(1)
    expect(survey.queue.settings.deliveryLimit).toEqual({ value: 7, by: 'argument x-delivery-limit' })
    expect(planQueueDrain(survey, { run: RUN, now: new Date() }).deliveryLimit?.limit).toBe(7)
  })

  it('measures what comes in and goes out, and names who reads', async () => {
    await filled(link, 'busy')
    const channel = await link.confirmChannel()
    const reader = await link.channel()
    const working = new Set<NodeJS.Timeout>()
    await reader.prefetch(5)
    const { consumerTag } = await reader.consume('busy', message => {
      const work = setTimeout(() => {
        working.delete(work)
        if (message !== null) reader.ack(message)
      }, 50)
      working.add(work)
    })
    const publish = setInterval(() => {
      for (let sent = 0; sent < 20; sent++) channel.sendToQueue('busy', Buffer.alloc(100))
    }, 100)
    // 200/s in; 5 in flight of 50 ms each are 100/s at most. A busy machine does less.
    const growth = async () => (await surveyed(settings, 'busy', 0)).total.growth
    await expect.poll(growth, { timeout: 90_000, interval: 1000 }).toBeGreaterThan(120)
    const survey = await surveyed(settings, 'busy', 1000)
    clearInterval(publish)
    expect(survey.verdict).toBe('live')
    expect(survey.consumers).toMatchObject([{ tag: consumerTag, host: '127.0.0.1', user: 'guest', prefetch: 5 }])
    expect(survey.total.growth).toBeLessThan(400)
    expect(survey.total.service).toBeGreaterThan(0)
    expect(survey.total.service).toBeLessThan(130)
    const [refusal] = queueRefusals(survey, planQueueDrain(survey, { run: RUN, now: new Date() }))
    expect(refusal).toMatchObject({ code: 'consumers-live', message: expect.stringContaining(consumerTag) })
    for (const work of working) clearTimeout(work)
    await reader.close()
    await channel.close()
  })

  it('sees who polls with basic.get although no consumer is there', async () => {
    await filled(link, 'polled', { count: 100 })
    const channel = await link.channel()
    const poll = setInterval(() => void channel.get('polled', { noAck: true }), 200)
    await expect.poll(async () => (await surveyed(settings, 'polled')).pollers, QUICK_ENOUGH).toBe(true)
    clearInterval(poll)
    const survey = await surveyed(settings, 'polled')
    expect(survey.verdict).toBe('unsure')
    await channel.close()
  })

  it('sees the lock of another run, its connection, and the temporary queues of an earlier one', async () => {
    await filled(link, 'taken', { count: 1 })
    await filled(link, `taken.spill.${RUN}.00`, { count: 3 })
    const channel = await link.channel()
    await channel.assertQueue('spillway.lock.taken', { exclusive: true, durable: false })
    const survey = await surveyed(settings, 'taken')
    expect(survey.lock).toMatchObject({ queue: 'spillway.lock.taken', by: expect.stringContaining('->') })
    expect(survey.temporaryQueues).toMatchObject([{ name: `taken.spill.${RUN}.00` }])
    const codes = queueRefusals(survey, planQueueDrain(survey, { run: RUN, now: new Date() })).map(({ code }) => code)
    expect(codes).toEqual(['claimed', 'target-exists'])
    await channel.deleteQueue('spillway.lock.taken')
    await channel.close()
  })

  it('names the queue that was probably meant', async () => {
    await filled(link, 'payments', {})
    await expect(surveyed(settings, 'paymnets')).rejects.toMatchObject({
      code: 'no-queue',
      hint: 'Did you mean payments?',
    })
  })
})

describe('policies', () => {
  const put = (kind: 'policies' | 'operator-policies', name: string, body: object) =>
    api(inject('rabbitmq'), `${kind}/${VHOST}/${name}`, { method: 'PUT', body })
  const drop = (kind: 'policies' | 'operator-policies', name: string) =>
    api(inject('rabbitmq'), `${kind}/${VHOST}/${name}`, { method: 'DELETE' })

  it('in force on the source are told with what set each value', async () => {
    await put('policies', 'ttl', {
      pattern: '^ruled$',
      'apply-to': 'queues',
      definition: { 'message-ttl': 90_000, overflow: 'reject-publish' },
    })
    await put('operator-policies', 'bound', {
      pattern: '^ruled',
      'apply-to': 'queues',
      definition: { 'message-ttl': 60_000, 'max-length': 50 },
    })
    await filled(link, 'ruled', { count: 10 })
    // What is in force comes with the statistics.
    const inForce = async () => (await surveyed(settings, 'ruled', 0)).queue
    await expect.poll(inForce, QUICK_ENOUGH).toMatchObject({ policy: 'ttl', operatorPolicy: 'bound' })
    const survey = await surveyed(settings, 'ruled')
    expect(survey.queue.settings).toMatchObject({
      messageTtl: { value: 60_000, by: 'operator policy bound' },
      maxLength: { value: 50, by: 'operator policy bound' },
      overflow: { value: 'reject-publish', by: 'policy ttl' },
    })
    await drop('policies', 'ttl')
    await drop('operator-policies', 'bound')
  })

  it('that would hit the temporary queues refuse the plan, until the command of the hint has been run', async () => {
    await put('operator-policies', 'bound', {
      pattern: 'ruled',
      'apply-to': 'queues',
      definition: { 'message-ttl': 60_000 },
    })
    await put('policies', 'dead', {
      pattern: '^ruled',
      priority: 3,
      'apply-to': 'all',
      definition: { 'dead-letter-exchange': 'x' },
    })
    const draw = async () => planQueueDrain(await surveyed(settings, 'ruled', 0), { run: RUN, now: new Date() })
    const { refusals } = await draw()
    expect(refusals).toEqual([
      expect.stringMatching(/^Policy dead .*dead-letter-exchange=x/),
      expect.stringMatching(/^Operator policy bound .*message-ttl=60000/),
    ])
    for (const refusal of refusals) {
      const [, set, priority, pattern, definition] =
        /rabbitmqctl (set_\w+) .*--priority (\d+) --apply-to queues spillway-lanes '([^']*)' '([^']*)'/.exec(refusal) ??
        []
      const kind = set === 'set_policy' ? 'policies' : 'operator-policies'
      const body = {
        pattern,
        priority: Number(priority),
        'apply-to': 'queues',
        definition: JSON.parse(definition ?? ''),
      }
      await put(kind, 'spillway-lanes', body)
    }
    expect((await draw()).refusals).toEqual([])
    for (const kind of ['policies', 'operator-policies'] as const) await drop(kind, 'spillway-lanes')
    await drop('policies', 'dead')
    await drop('operator-policies', 'bound')
  })

  it('are judged as the server applies them: by pattern, kind, and keys that the queue type does not know', async () => {
    const ttl = { 'message-ttl': 60_000 }
    const cases = [
      [{ pattern: '^judged\\.spill', 'apply-to': 'queues', definition: ttl }, 'classic', true],
      [{ pattern: '^judged$', 'apply-to': 'queues', definition: ttl }, 'classic', false],
      [{ pattern: '(?i)JUDGED', 'apply-to': 'all', definition: ttl }, 'classic', true],
      [{ pattern: '[[:upper:]]', 'apply-to': 'all', definition: ttl }, 'classic', false],
      [{ pattern: '\\Ajudged\\.', 'apply-to': 'all', definition: ttl }, 'quorum', true],
      [{ pattern: '.*', 'apply-to': 'exchanges', definition: { 'alternate-exchange': 'x' } }, 'classic', false],
      [{ pattern: '.*', 'apply-to': 'queues', definition: { ...ttl, 'delivery-limit': 5 } }, 'classic', false],
      [{ pattern: '.*', 'apply-to': 'queues', definition: { ...ttl, 'delivery-limit': 5 } }, 'quorum', true],
      [{ pattern: '.*', 'apply-to': 'queues', definition: { 'max-length': 10, 'max-age': '1D' } }, 'classic', false],
      [
        { pattern: '.*', 'apply-to': 'queues', definition: { 'max-length': 10, 'queue-mode': 'lazy' } },
        'quorum',
        false,
      ],
    ] as const
    const judged = cases.map(async ([policy, type, applies], at) => ({
      policy,
      type,
      applies,
      ...(await judge(`judged-${at}`, policy, type)),
    }))
    for (const { policy, type, applies, refused, applied } of await Promise.all(judged))
      expect({ policy, type, refused, applied }).toEqual({ policy, type, refused: applies, applied: applies })
  })
})

/** What we say of a policy in a virtual host of its own, and what the server makes of it on a queue that is there. */
async function judge(vhost: string, policy: object, type: 'classic' | 'quorum') {
  const rabbit = inject('rabbitmq')
  const own = { ...settings, vhost: await freshVhost(rabbit, vhost) }
  const there = await connect(own, 'test')
  await api(rabbit, `policies/${vhost}/judged`, { method: 'PUT', body: policy })
  await filled(there, 'judged', { count: 20, args: { 'x-queue-type': type } })
  const plan = planQueueDrain(await surveyed(own, 'judged', 0), { run: RUN, now: new Date(), lanes: 1 })
  const [lane = ''] = plan.laneQueues
  await filled(there, lane, { count: 1, args: { 'x-queue-type': type } })
  // What is in force comes with the statistics.
  await expect.poll(async () => (await surveyed(own, lane, 0)).total.bytes, QUICK_ENOUGH).toBe(100n)
  const { queue } = await surveyed(own, lane, 0)
  await there.close()
  await api(rabbit, `vhosts/${vhost}`, { method: 'DELETE' })
  const refused = plan.refusals.some(refusal => refusal.includes('on the temporary queues'))
  return { refused, applied: queue.policy === 'judged' }
}

describe('without the management API', () => {
  it('a survey has the counts, and says which numbers are missing', async () => {
    await filled(link, 'blind', { count: 30 })
    const survey = await surveyed({ ...settings, managementUrl: 'http://127.0.0.1:1' }, 'blind')
    expect(survey.total).toMatchObject({ ready: 30n, rates: 'net', net: 0 })
    expect(survey.management).toMatchObject({ available: false, why: expect.stringContaining('nothing listens') })
    const plan = planQueueDrain(survey, { run: RUN, now: new Date() })
    expect([plan.queueType, plan.refusals]).toEqual(['classic', []])
    expect(plan.warnings.join()).toContain('nobody can rule out policies')
  })

  it('a user without its tags has what AMQP tells, too', async () => {
    const rights = { configure: '', write: '', read: '.*' }
    await api(inject('rabbitmq'), `permissions/${VHOST}/limited`, { method: 'PUT', body: rights })
    const limited = { ...settings, username: 'limited', password: 'limited-secret' }
    const survey = await surveyed(limited, 'blind')
    expect(survey.management).toMatchObject({ available: false, why: expect.stringContaining('monitoring') })
    expect(survey.total.ready).toBe(30n)
  })
})

describe('alarms', () => {
  it('are told with their node, refuse the plan, and clear', async () => {
    await withRabbit({}, async lab => {
      const own = await connect(lab.settings, 'test')
      await filled(own, 'orders', { count: 10 })
      const codes = async () => {
        const survey = await surveyed(lab.settings, 'orders', 0)
        const plan = planQueueDrain(survey, { run: RUN, now: new Date() })
        return queueRefusals(survey, plan).map(({ code, message }) => `${code}: ${message.split(':')[0]}`)
      }
      for (const which of ['memory', 'disk'] as const) {
        await alarm(lab, which)
        await expect.poll(codes, QUICK_ENOUGH).toContain(`alarm: ${which} alarm`)
        await alarm(lab, 'clear')
        await expect.poll(codes, QUICK_ENOUGH).toEqual([])
      }
      await own.close()
    })
  })

  it('and everything else are told by the API only: a server without the plugin is surveyed as well', async () => {
    await withRabbit({}, async lab => {
      const own = await connect(lab.settings, 'test')
      await filled(own, 'orders', { count: 10 })
      await lab.ctl('eval', 'application:stop(rabbitmq_management).')
      const survey = await surveyed(lab.settings, 'orders')
      expect(survey.management).toMatchObject({ available: false })
      expect(survey.total.ready).toBe(10n)
      await own.close()
    })
  })
})

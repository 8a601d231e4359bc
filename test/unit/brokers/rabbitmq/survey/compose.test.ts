import { describe, expect, it } from 'vitest'
import { aManaged, blindSurveyOf, looks, NOON, samples, surveyOf } from './some-facts.js'

const stats = (counters: Record<string, number[]>) => ({
  message_stats: Object.fromEntries(
    Object.entries(counters).map(([name, values]) => [`${name}_details`, samples(...values)]),
  ),
})

const read = (...ready: number[]) => looks(...ready).map(look => ({ ...look, consumers: 1 }))

describe('rates', () => {
  it('come from the samples of the counters: published in, acked or fetched without ack out', () => {
    const queue = stats({
      publish: [0, 1000, 2000],
      ack: [0, 100, 200],
      deliver_no_ack: [0, 50, 100],
      get_no_ack: [0, 0, 0],
    })
    const { total } = surveyOf({ readings: read(1000, 1170), managed: aManaged(queue) })
    expect(total).toMatchObject({ growth: 200, service: 30, rates: 'measured', rateSeconds: 10 })
  })

  it('take what dead-lettering brings from the count: it is not counted as published', () => {
    const { total } = surveyOf({ readings: read(1000, 1010, 1020), managed: aManaged(stats({ ack: [0, 25, 50] })) })
    expect([total.growth, total.service]).toEqual([15, 5])
  })

  it('are only the change of the count where the management API, or its statistics, are missing', () => {
    const alone = blindSurveyOf({ readings: looks(1000, 980, 960) })
    expect(alone.total).toMatchObject({ growth: 0, service: 20, net: -20, rates: 'net' })
    const off = surveyOf({ readings: looks(1000, 1020), managed: aManaged({}, { withoutRates: true }) })
    expect(off.total).toMatchObject({ growth: 20, service: 0, rates: 'net' })
  })
})

describe('rates of samples that hold what came before the window', () => {
  const filled = stats({ publish: [0, 20_000, 20_000], ack: [0, 500, 1000] })

  it('give way to the count: a fill is no growth', () => {
    const stopped = surveyOf({ readings: looks(20_000, 20_000, 20_000), managed: aManaged(filled) })
    expect(stopped.total).toMatchObject({ growth: 0, service: 100, rateSeconds: 2, ratesAreYoung: true })
    const live = surveyOf({ readings: read(20_000, 19_930, 19_860), managed: aManaged(filled) })
    expect(live.total).toMatchObject({ growth: 30, service: 100, ratesAreYoung: true })
  })

  it('stay where messages may expire, as the count tells no growth then, but promise nothing', () => {
    const managed = aManaged({ ...filled, arguments: { 'x-message-ttl': 60_000 } })
    expect(surveyOf({ readings: read(900, 900), managed }).total).toMatchObject({ growth: 2000, ratesAreYoung: true })
  })

  it('count where the window has no length to compare them with', () => {
    expect(surveyOf({ readings: looks(20_000), managed: aManaged(filled) }).total).toMatchObject({ growth: 2000 })
  })
})

describe('readers', () => {
  const consumer = {
    consumer_tag: 'ctag-1',
    prefetch_count: 10,
    active: true,
    exclusive: false,
    channel_details: { connection_name: '10.0.0.7:1 -> 10.0.0.2:5672', peer_host: '10.0.0.7', user: 'app' },
  }

  it('are named by the management API and counted by the passive declare', () => {
    const managed = aManaged({ consumer_details: [consumer] })
    const live = surveyOf({ readings: [{ ready: 1, consumers: 1, at: 0 }], managed })
    expect([live.verdict, live.consumerCount]).toEqual(['live', 1])
    expect(live.consumers).toEqual([
      {
        tag: 'ctag-1',
        connection: '10.0.0.7:1 -> 10.0.0.2:5672',
        host: '10.0.0.7',
        user: 'app',
        prefetch: 10,
        active: true,
        exclusive: false,
      },
    ])
  })

  it('are gone when the count says so, whatever the statistics still remember', () => {
    const gone = surveyOf({ managed: aManaged({ consumer_details: [consumer] }) })
    expect([gone.verdict, gone.consumers]).toEqual(['idle', []])
  })

  it('are pollers where messages are fetched without a consumer, even from an empty queue', () => {
    const polled = surveyOf({ managed: aManaged(stats({ get_empty: [0, 3, 6] })) })
    expect([polled.pollers, polled.verdict]).toEqual([true, 'unsure'])
    expect(polled.warnings.join()).toContain('basic.get')
    expect(surveyOf({ managed: aManaged(stats({ get: [6, 6, 6] })) }).pollers).toBe(false)
  })

  it('are not provably away where the queue gets shorter by itself, but for a TTL', () => {
    expect(surveyOf({ readings: looks(1000, 900) }).verdict).toBe('unsure')
    const managed = aManaged({ arguments: { 'x-message-ttl': 1000 } })
    expect(surveyOf({ readings: looks(1000, 900), managed }).verdict).toBe('idle')
    const left = [{ ready: 1000, consumers: 1, at: 0 }, ...looks(900)]
    expect(surveyOf({ readings: left }).verdict).toBe('idle')
  })

  it('hold messages without consuming', () => {
    expect(surveyOf({ managed: aManaged({ messages_unacknowledged: 7 }) }).warnings.join()).toContain('7 messages are')
  })
})

describe('the head', () => {
  it('is as old as its publisher says, in seconds or milliseconds', () => {
    for (const head_message_timestamp of [NOON / 1000 - 60, NOON - 60_000])
      expect(surveyOf({ managed: aManaged({ head_message_timestamp }) }).total).toMatchObject({
        oldestAt: '2026-11-21T11:59:00.000Z',
        oldestAgeSeconds: 60,
      })
  })

  it('has no age where publishers set none', () => {
    for (const head_message_timestamp of [undefined, null, '', 0])
      expect(surveyOf({ managed: aManaged({ head_message_timestamp }) }).total.oldestAt).toBeUndefined()
  })
})

describe('forecasts', () => {
  it('expire the head after what is left of the TTL, or within it where its age is unknown', () => {
    const ttl = { arguments: { 'x-message-ttl': 600_000, 'x-dead-letter-exchange': 'dlx' } }
    const dated = surveyOf({ managed: aManaged({ ...ttl, head_message_timestamp: NOON / 1000 - 60 }) })
    expect(dated.total.firstExpiry).toEqual({
      low: 540,
      high: 540,
      by: 'argument x-message-ttl',
      what: 'the head message is dead-lettered to exchange dlx',
    })
    expect(surveyOf({ managed: aManaged(ttl) }).total.firstExpiry).toMatchObject({ low: 0, high: 600 })
  })

  it('delete the queue itself where it expires unused', () => {
    const { total, warnings } = surveyOf({ managed: aManaged({ arguments: { 'x-expires': 60_000 } }) })
    expect(total.firstExpiry).toMatchObject({ low: 0, high: 60, what: expect.stringContaining('THE QUEUE ITSELF') })
    expect(warnings[0]).toContain('DELETED')
  })

  it('fill the queue at the rate at which it grows', () => {
    const queue = { ...stats({ publish: [0, 1000, 2000] }), arguments: { 'x-max-length': 3000 } }
    expect(surveyOf({ readings: read(800, 1000), managed: aManaged(queue) }).total.full).toEqual({
      low: 10,
      high: 10,
      by: 'argument x-max-length',
      what: 'the OLDEST message, for each new one, is dropped',
    })
  })

  it('say that a full queue is full, and what its overflow does', () => {
    const arguments_ = { 'x-max-length-bytes': 100_000, 'x-overflow': 'reject-publish' }
    expect(surveyOf({ managed: aManaged({ arguments: arguments_ }) }).total.full).toMatchObject({
      low: 0,
      high: 0,
      what: expect.stringContaining('refused'),
    })
  })

  it('never fill a queue that does not grow', () => {
    expect(surveyOf({ managed: aManaged({ arguments: { 'x-max-length': 3000 } }) }).total.full).toBeUndefined()
  })
})

describe('without the management API', () => {
  it('says why, and which numbers are missing', () => {
    const survey = blindSurveyOf()
    expect(survey.management).toMatchObject({ available: false, why: 'nothing listens there' })
    expect(survey.queue.type).toBe('unknown')
    expect(survey.total.unacked).toBeUndefined()
    expect(survey.warnings.join()).toMatch(/these are missing: .*TTL/)
  })
})

describe('the server', () => {
  it('warns of alarms, of nodes that are down, and of a split', () => {
    const node = { node: 'rabbit@one', running: true, memoryAlarm: false, diskAlarm: false, partitions: [] }
    const nodes = [
      { ...node, memoryAlarm: true },
      { ...node, running: false },
      { ...node, partitions: ['rabbit@two'] },
    ]
    const words = surveyOf({ managed: aManaged({}, { nodes }) }).warnings.join('\n')
    expect(words).toContain('MEMORY ALARM')
    expect(words).toContain('is not running')
    expect(words).toContain('does not see rabbit@two')
  })

  it('tells of another run by its lock', () => {
    const lock = { queue: 'spillway.lock.orders', by: '10.0.0.9:1 -> 10.0.0.2:5672' }
    expect(surveyOf({ lock }).warnings[0]).toContain('holds spillway.lock.orders (connection 10.0.0.9:1')
  })
})

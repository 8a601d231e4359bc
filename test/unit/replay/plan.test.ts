import { describe, expect, it } from 'vitest'
import { verifyPlan } from '../../../src/core/digest.js'
import type { ReplayLook, ReplayOptions, SourceLook, TargetLook } from '../../../src/replay/plan/options.js'
import { planReplay } from '../../../src/replay/plan.js'

const OPTIONS: ReplayOptions = {
  run: '20261121-0152-k3f9',
  now: new Date(0),
  transactions: true,
  provenance: false,
  maxReplays: 3,
}
const SOURCE: SourceLook = {
  source: 'archive:A',
  from: { kind: 'archive', run: 'A' },
  system: 'kafka',
  lanes: [
    { lane: '0', from: '5', to: '15', messages: 9n },
    { lane: '1', from: '0', to: '1', messages: 1n },
  ],
  bytes: 1000n,
  partitions: 2,
  archive: '/a',
  warnings: ['from the source'],
}
const KAFKA: TargetLook = {
  system: 'kafka',
  target: 'kafka://h:9092/t',
  place: 'kafka://h:9092/t',
  clusterId: 'C',
  anchor: { topic: 't', partitions: 2 },
  warnings: ['from the target'],
}
const RABBIT: TargetLook = {
  system: 'rabbitmq',
  target: 'origin',
  place: 'amqp://h:5672//q',
  clusterId: 'rabbit@h',
  warnings: [],
}

const plan = (
  look: { source?: Partial<SourceLook>; target?: TargetLook } = {},
  options: Partial<ReplayOptions> = {},
) => {
  const whole: ReplayLook = { source: { ...SOURCE, ...look.source }, target: look.target ?? KAFKA, refusals: [] }
  return planReplay(whole, { ...OPTIONS, ...options })
}

describe('the plan of a replay', () => {
  it('into Kafka is by transactions, and says that nothing is there twice', () => {
    const drawn = plan()
    expect(drawn).toMatchObject({
      guarantee: 'transactions',
      expect: { messages: 10n, messagesIsUpperBound: false, bytes: 1000n },
    })
    expect(drawn.duplicatesAtMost).toMatch(/^none for read_committed readers/)
    expect(drawn.warnings).toEqual([expect.stringContaining('read_uncommitted'), 'from the source', 'from the target'])
    expect(drawn.steps.at(-1)?.title).toContain(`group spillway.replay.${OPTIONS.run}`)
  })

  it('of a queue of dead letters says what a kill can repeat, whatever the target', () => {
    const address = 'amqp://h:5672//orders.dlq'
    const from = { kind: 'dead-letters', address, system: 'rabbitmq' } as const
    expect(plan({ source: { from, system: 'rabbitmq' } }).duplicatesAtMost).toMatch(/^after a kill up to 500/)
  })

  it('without transactions says how much a kill can repeat', () => {
    const drawn = plan({}, { transactions: false })
    expect(drawn.guarantee).toBe('idempotent')
    expect(drawn.duplicatesAtMost).toContain('after a kill up to 500 a lane, 1,000 in all')
  })

  it('into RabbitMQ is by confirms, and names what does not carry over', () => {
    const drawn = plan({ target: RABBIT })
    expect(drawn).toMatchObject({
      guarantee: 'confirms',
      system: 'rabbitmq',
      target: 'origin',
      place: 'amqp://h:5672//q',
    })
    expect(drawn.warnings.join()).toContain('From Kafka to RabbitMQ')
  })

  it('counts what is asked for where that could be told, else says that it is a bound', () => {
    const filter = { ids: ['a'] }
    expect(plan({}, { filter }).expect).toMatchObject({ messages: 10n, messagesIsUpperBound: true })
    expect(plan({ source: { matching: 1n } }, { filter }).expect).toEqual({
      messages: 1n,
      messagesIsUpperBound: false,
      bytes: 100n,
    })
  })

  it('tells of messages that the archive has beyond those that went', () => {
    const drawn = plan({ source: { doubted: 7n } })
    expect(drawn.duplicatesAtMost).toContain('7 that the archive has beyond')
    expect(drawn.warnings[0]).toContain('7 messages beyond')
  })

  it('comes back from JSON as it was, and is refused once it was edited', () => {
    const drawn = plan({ source: { doubted: 7n } })
    const text = JSON.stringify(drawn, (_, value) => (typeof value === 'bigint' ? String(value) : value))
    expect(verifyPlan(text)).toEqual(drawn)
    expect(() => verifyPlan(text.replace('"maxReplays":3', '"maxReplays":9'))).toThrow('edited')
  })
})

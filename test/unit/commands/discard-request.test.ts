import { describe, expect, it } from 'vitest'
import { discardRequest } from '../../../src/commands/discard-request.js'
import { Problems } from '../../../src/commands/problems.js'
import { spillway } from './fake-process.js'

const SOURCE = 'prod/orders?group=billing'
const COMMON = { execute: false, yes: false, waitMs: 0 }
const NOW = new Date('2026-11-21T13:00:00Z')
const parse = (flags: object) =>
  discardRequest({ args: [SOURCE], flags, common: COMMON, problems: new Problems() }, NOW)

describe('discardRequest', () => {
  it('keeps what goes in the folder of the run, unless told otherwise', () => {
    expect(parse({ all: true })).toEqual({
      ...COMMON,
      source: { address: { kind: 'kafka', cluster: 'prod', brokers: [], topic: 'orders', group: 'billing' } },
      scope: { kind: 'all' },
      archive: { keep: true },
      freeDisk: false,
      consumersStopped: false,
      takeOver: false,
    })
    expect(parse({ all: true, archive: '/mnt/a' }).archive).toEqual({ keep: true, folder: '/mnt/a' })
    expect(parse({ all: true, noArchive: true }).archive).toEqual({ keep: false })
  })

  it('fixes an age as an instant', () => {
    expect(parse({ olderThan: '2h' }).scope).toEqual({
      kind: 'older-than',
      before: '2026-11-21T11:00:00.000Z',
      age: '2h',
    })
    expect(parse({ until: '2026-01-31T08:00+08:00' }).scope).toEqual({
      kind: 'until',
      before: '2026-01-31T00:00:00.000Z',
    })
  })
})

describe('the command line of discard', () => {
  const discard = ['discard', SOURCE]

  it.each([
    [['discard'], '--all, --older-than, --until: none was given'],
    [['discard', '--all'], 'SOURCE is missing'],
    [discard, '--all, --older-than, --until: none was given'],
    [[...discard, '--max-messages', '5'], 'none was given'],
    [[...discard, '--all', '--older-than', '2h'], '--all and --older-than exclude each other'],
    [[...discard, '--older-than', '2h', '--until', '2026-01-31T08:00Z'], '--older-than and --until exclude each other'],
    [[...discard, '--all', '--archive', '/x', '--no-archive'], '--archive and --no-archive exclude each other'],
    [[...discard, '--all', '--no-archive', '--archive', '/x'], '--archive and --no-archive exclude each other'],
    [[...discard, '--until', '2026-01-31T08:00'], '--until: "2026-01-31T08:00" does not say its time zone'],
    [[...discard, '--until', 'now'], '--until: "now" is not a point in time'],
    [[...discard, '--older-than', '2'], '--older-than: "2" is not a duration'],
    [[...discard, '--older-than', '0s'], '--older-than: No age at all'],
    [[...discard, '--all', '--archive', ''], '--archive: the value is empty'],
    [[...discard, '--all', '--confirm', ''], '--confirm: the value is empty'],
    [[...discard, '--older-than', ''], '--older-than: the value is empty'],
    [[...discard, '--until', ''], '--until: the value is empty'],
    [[...discard, '--all', '--archive', '--execute'], '--archive: needs a value'],
    [[...discard, '--all', '--max-messages', '0'], '--max-messages: "0" is not a whole number'],
    [[...discard, '--all', '--rate', '0'], 'spillway pause RUN'],
    [[...discard, '--all', '--tz', 'Berlin'], '--tz: "Berlin" is not a time zone'],
    [[...discard, '--all', 'more'], 'argument: "more" is one too many'],
    [[...discard, '--all', '--management', 'http://h:15672'], '--management: is for RabbitMQ'],
    [['discard', 'amqp://h//q', '--all', '--free-disk'], '--free-disk: is for Kafka'],
    [['discard', 'kafka://h/orders', '--all'], 'names no group'],
  ])('refuses %j with 2', async (args, message) => {
    const { code, out, err } = await spillway(args)
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toContain(message)
  })
})

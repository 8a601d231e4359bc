import { describe, expect, it } from 'vitest'
import { Problems } from '../../../src/commands/problems.js'
import { type ReplayFlags, replayRequest } from '../../../src/commands/replay-request.js'
import { UserError } from '../../../src/errors.js'
import { replayAgain } from '../../../src/verbs/replay/command-again.js'
import { jobOf } from '../../../src/verbs/replay/window-job.js'

const COMMON = { execute: false, yes: false, waitMs: 0 }
const DATABASE = 'postgres://reader:hunter2@h/shop'
const ROWS = { to: 'kafka://h:9092/t', table: 'orders', key: 'id', time: 'at' }
const NIGHT = { ...ROWS, day: 'yesterday', window: '00:30-05:00', tz: 'Asia/Shanghai' }
/** Half past midnight of the 22nd in Shanghai. */
const NOW = '2026-11-21T16:30:00Z'

const parse = (from: string, flags: ReplayFlags, now = NOW) =>
  replayRequest({ args: [from], flags, common: COMMON, problems: new Problems() }, new Date(now))

function problem(from: string, flags: ReplayFlags): string {
  try {
    parse(from, flags)
  } catch (error) {
    if (error instanceof UserError) return [error.message, ...error.details.map(({ message }) => message)].join('\n')
    throw error
  }
  throw new Error('no problem')
}
const rowsOf = (flags: ReplayFlags, now?: string) => {
  const { of } = parse(DATABASE, flags, now)
  if (of.kind !== 'rows') throw new Error('no rows')
  return [of.rows.from, of.rows.to]
}

describe('the command line of a nightly replay', () => {
  it('has hours on the clocks of its zone', () =>
    expect(parse(DATABASE, { ...NIGHT, carryOver: true })).toMatchObject({
      window: { from: '00:30', to: '05:00', zone: 'Asia/Shanghai' },
      carryOver: true,
      typed: { day: 'yesterday' },
    }))

  it('means by yesterday the day before the one on which the window opens', () => {
    const expected = ['2026-11-20T16:00:00.000Z', '2026-11-21T16:00:00.000Z']
    expect(rowsOf(NIGHT)).toEqual(expected)
    // In the afternoon before the window, and while --wait waits for it.
    expect(rowsOf(NIGHT, '2026-11-21T06:00:00Z')).toEqual(expected)
    const across = { ...NIGHT, window: '22:00-05:00' }
    expect(rowsOf(across, '2026-11-22T14:00:00Z')).toEqual(expected)
    expect(rowsOf(across, '2026-11-22T20:59:00Z')).toEqual(expected)
  })

  it('takes other borders that move, and a day by its date', () => {
    const { day: _day, ...rest } = NIGHT
    expect(rowsOf({ ...rest, from: 'yesterday 04:00', toTime: 'today 04:00' })).toEqual([
      '2026-11-20T20:00:00.000Z',
      '2026-11-21T20:00:00.000Z',
    ])
    expect(rowsOf({ ...rest, day: '2026-11-01' })).toEqual(['2026-10-31T16:00:00.000Z', '2026-11-01T16:00:00.000Z'])
    expect(parse(DATABASE, { ...rest, day: '2026-11-01' }).typed).toBeUndefined()
    expect(parse('archive:R', { to: 'origin', day: 'yesterday' }).filter).toEqual({
      from: new Date('2026-11-20T00:00Z'),
      to: new Date('2026-11-21T00:00Z'),
    })
  })

  it('is typed again as it was, without a password', () => {
    const gauges = {
      ...{ maxReplicaLag: '10s', gaugeQuery: 'SELECT 1', gaugeMax: '0.5', gaugeDb: 'mysql://m:hunter3@r/d' },
      ...{ maxTargetLag: '10k', targetGroup: 'billing', gaugeUrl: 'http://h/healthy', holdFile: '/run/hold' },
    }
    const words = replayAgain(parse(DATABASE, { ...NIGHT, carryOver: true, again: true, ...gauges }))
    expect(words).toBe(
      `spillway replay postgres://reader@h:5432/shop --to kafka://h:9092/t --table orders --key id --time at --day yesterday --tz Asia/Shanghai --window 00:30-05:00 --carry-over --again --max-replica-lag 10000ms --gauge-query 'SELECT 1' --gauge-max 0.5 --gauge-db mysql://m@r:3306/d --max-target-lag 10000 --target-group billing --gauge-url http://h/healthy --hold-file /run/hold`,
    )
    expect(replayAgain(parse(DATABASE, { ...ROWS, from: 'yesterday', toTime: 'today 04:00' }))).toContain(
      "--from yesterday --to-time 'today 04:00'",
    )
  })

  it.each<[string, ReplayFlags, string]>([
    ['archive:R', { to: 'origin', window: '5-6' }, 'no pair of times'],
    ['archive:R', { to: 'origin', carryOver: true }, 'is for nightly replays'],
    ['archive:R', { to: 'origin', day: 'monday' }, 'is no day'],
    ['archive:R', { to: 'origin', day: 'today', from: 'today' }, 'exclude each other'],
    ['archive:R', { to: 'origin', maxReplicaLag: '10s' }, '--gauge-db'],
    ['archive:R', { to: 'origin', maxTargetLag: '10k' }, 'one topic or queue'],
    [DATABASE, { ...NIGHT, gaugeQuery: 'SELECT 1' }, '--gauge-max'],
    [DATABASE, { ...NIGHT, gaugeMax: '1' }, '--gauge-query'],
    [DATABASE, { ...NIGHT, gaugeQuery: 'SELECT 1', gaugeMax: 'few' }, 'is no number'],
    [DATABASE, { ...NIGHT, targetGroup: 'g' }, '--max-target-lag'],
    [DATABASE, { ...NIGHT, gaugeUrl: 'h/healthy' }, 'no address of HTTP'],
    [DATABASE, { ...NIGHT, gaugeUrl: 'http://me:secret@h/' }, 'has a login'],
    [DATABASE, { ...NIGHT, maxReplicaLag: '10s', gaugeDb: 'kafka://h/t' }, 'is no database'],
    [DATABASE, { ...NIGHT, maxReplicaLag: '10' }, 'is not a duration'],
  ])('refuses %s %j', (from, flags, message) => {
    expect(problem(from, flags)).toContain(message)
    expect(problem(from, flags)).not.toContain('secret')
  })
})

describe('the job of a nightly replay', () => {
  const job = (flags: ReplayFlags = {}, now = NOW, from = DATABASE) => jobOf(parse(from, { ...NIGHT, ...flags }, now))

  it('is the same from night to night, whatever its hours and its rate', () => {
    expect(job()).toMatch(/^[0-9a-f]{16}$/)
    expect(job({}, '2026-11-25T16:30:00Z')).toBe(job())
    expect(job({ window: '01:00-04:00', rate: '5', carryOver: true, maxTargetLag: '10', targetGroup: 'g' })).toBe(job())
    expect(job({}, NOW, DATABASE.replace('hunter2', 'other'))).toBe(job())
  })

  it('is another for other rows, another place, another range', () => {
    const others = [
      job({ table: 'late' }),
      job({ to: 'kafka://h:9092/u' }),
      job({ day: 'today' }),
      job({ day: '2026-11-21' }),
      job({ onlyId: ['7'] }),
      job({}, NOW, 'postgres://reader@h/other'),
    ]
    expect(new Set([job(), ...others]).size).toBe(7)
  })
})

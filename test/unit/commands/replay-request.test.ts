import { describe, expect, it } from 'vitest'
import { Problems } from '../../../src/commands/problems.js'
import { type ReplayFlags, replayRequest } from '../../../src/commands/replay-request.js'
import { UserError } from '../../../src/errors.js'

const COMMON = { execute: false, yes: false, waitMs: 0 }
const parse = (from: string | undefined, flags: ReplayFlags) =>
  replayRequest({ args: from === undefined ? [] : [from], flags, common: COMMON, problems: new Problems() })

function problem(from: string | undefined, flags: ReplayFlags): string {
  try {
    parse(from, flags)
  } catch (error) {
    if (error instanceof UserError) return [error.message, ...error.details.map(({ message }) => message)].join('\n')
    throw error
  }
  throw new Error('no problem')
}

const TO = 'kafka://h:9092/t'

describe('the command line of a replay', () => {
  it('names what is sent again, and where to', () => {
    const request = parse('archive:20261121-0152-k3f9', { to: TO })
    expect(request).toMatchObject({
      of: { kind: 'archive', run: '20261121-0152-k3f9' },
      to: { address: { kind: 'kafka', topic: 't' } },
      transactions: true,
      maxReplays: 3,
      filter: {},
      zone: 'UTC',
    })
    expect(parse('parked:R', { to: 'origin' })).toMatchObject({ of: { kind: 'parked', run: 'R' }, to: 'origin' })
    expect(parse('kafka://h/t.dlq?group=g', { to: 'origin' }).of.kind).toBe('dead-letters')
    expect(parse('kafka://h/t.dlq', { to: 'origin' }).of.kind).toBe('dead-letters')
  })

  it('reads times in --tz, and takes --since and --before for --from and --to-time', () => {
    const wanted = { from: new Date('2026-01-31T07:00:00Z'), to: new Date('2026-01-31T08:00:00Z') }
    const tz = 'Europe/Berlin'
    expect(parse('archive:R', { to: TO, tz, from: '2026-01-31T08:00', toTime: '2026-01-31T09:00' }).filter).toEqual(
      wanted,
    )
    expect(parse('archive:R', { to: TO, tz, since: '2026-01-31T08:00', before: '2026-01-31T09:00' }).filter).toEqual(
      wanted,
    )
    expect(parse('archive:R', { to: TO, from: '2026-01-31T08:00' }).filter.from).toEqual(
      new Date('2026-01-31T08:00:00Z'),
    )
  })

  it('leaves it to the plan whether messages say where they come from, until told', () => {
    expect(parse('archive:R', { to: TO })).not.toHaveProperty('provenance')
    expect(parse('archive:R', { to: TO, provenance: false })).toMatchObject({ provenance: false })
    expect(parse('archive:R', { to: TO, provenance: true })).toMatchObject({ provenance: true })
  })
  it('takes a mapping for rows and parked rows, and for nothing else', () => {
    const rows = { table: 't', key: 'id', time: 'at', from: '2026-01-31', toTime: '2026-02-01', map: 'm.yaml' }
    expect(parse('postgres://h/db', { to: TO, ...rows })).toMatchObject({ of: { kind: 'rows', map: 'm.yaml' } })
    expect(parse('parked:R', { to: TO, map: 'm.yaml' })).toMatchObject({ of: { kind: 'parked', map: 'm.yaml' } })
    expect(problem('archive:R', { to: TO, map: 'm.yaml' })).toContain('is for rows of a database')
  })
  it('needs no target for a sample', () => {
    expect(parse('archive:R', { sample: '5' })).toMatchObject({ sample: 5, to: 'origin' })
  })

  it('reads ids from a file, with and without file: in front', () => {
    expect(parse('archive:R', { to: TO, ids: 'file:/tmp/ids' }).filter.idsFile).toBe('/tmp/ids')
    expect(parse('archive:R', { to: TO, ids: 'ids.txt' }).filter.idsFile).toBe('ids.txt')
  })

  it('reads rows of a database, of one that the settings name, and of a file', () => {
    const window = { from: '2026-01-31T08:00', toTime: '2026-01-31T09:00', tz: 'Europe/Berlin' }
    const columns = { table: 'orders', key: 'id', time: 'at' }
    const rows = parse('postgres://u@h1,h2/d', {
      to: TO,
      ...columns,
      ...window,
      rescan: '0',
      statementTimeout: '5s',
    }).of
    expect(rows).toMatchObject({ kind: 'rows', statementMs: 5000, place: { address: { others: [{ host: 'h2' }] } } })
    const asked = { zone: 'Europe/Berlin', from: '2026-01-31T07:00:00.000Z', graceMs: 60_000, rescanMs: 0 }
    expect(rows).toMatchObject({ rows: asked })
    expect(parse('shop', { to: TO, ...columns, ...window }).of).toMatchObject({
      place: { address: { kind: 'named', cluster: 'shop' } },
      rows: { rescanMs: 900_000 },
    })
    expect(parse('file:a/orders.csv', { to: TO, key: 'id' }).of).toEqual({
      kind: 'rows',
      place: { address: { kind: 'file', path: 'a/orders.csv' } },
      rows: { of: { table: 'orders.csv' }, key: 'id', time: '', from: '', to: '' },
    })
    expect(parse('archive:R', { to: TO, source: 'postgres://u:p@h/d' }).again).toMatchObject({
      database: { credentials: { password: 'p' } },
    })
  })

  it('takes rows up to now where their window ends later, but for nights', () => {
    const flags = { to: TO, table: 'orders', key: 'id', time: 'at' }
    const toCome = { ...flags, from: '2026-01-31', toTime: '2099-01-01' }
    const open = parse('postgres://u@h/d', toCome).of
    expect(open).toMatchObject({ rows: { toAsked: '2099-01-01T00:00:00.000Z' } })
    expect(open.kind === 'rows' && open.rows.to < '2099').toBe(true)
    const night = parse('postgres://u@h/d', { ...toCome, window: '00:30-05:00' }).of
    expect(night).toMatchObject({ rows: { to: '2099-01-01T00:00:00.000Z' } })
  })

  it.each<[string | undefined, ReplayFlags, string]>([
    [undefined, { to: TO }, 'FROM is missing'],
    ['archive:R', {}, '--to is missing'],
    ['archive:', { to: TO }, 'names no run'],
    ['archive:../x', { to: TO }, 'not the id of a run'],
    ['postgres://h/d', { to: TO }, '--key'],
    ['file:x.csv', { to: TO }, '--key'],
    ['file:x.csv', { to: TO, key: 'id', table: 't' }, 'is for a database'],
    ['file:x.csv', { to: TO, key: 'id', time: 'at', from: '2026-01-31' }, 'two ends'],
    ['file:x.csv', { to: TO, key: 'id', from: '2026-01-31', toTime: '2026-02-01' }, 'the window is of times'],
    ['file:', { to: TO, key: 'id' }, 'names no file'],
    ['archive:R', { to: TO, rescan: '1m' }, 'is for rows of a database'],
    ['postgres://h/d', { to: TO, statementTimeout: '5' }, 'is not a duration'],
    ['postgres://h/d', { to: TO, statementTimeout: '2d' }, 'is not between'],
    ['postgres://h/d?ssl=1', { to: TO }, 'Unknown part'],
    ['kafka://h', { to: 'origin' }, 'names no topic and no queue'],
    ['archive:R', { to: '2026-01-31T08:00' }, 'is a time'],
    ['archive:R', { to: 'archive:Q' }, 'no place to send to'],
    ['archive:R', { to: `${TO}?group=g` }, 'has no group'],
    ['archive:R', { to: TO, rate: '0' }, '--rate'],
    ['archive:R', { to: TO, sample: '0' }, '--sample'],
    ['archive:R', { to: TO, tz: 'Nowhere' }, 'not a time zone'],
    ['archive:R', { to: TO, from: 'soon' }, 'not a point in time'],
    ['archive:R', { to: TO, from: '2026-02-01', toTime: '2026-01-31' }, 'nothing lies between'],
    ['archive:R', { to: TO, from: '2026-02-01', since: '2026-01-31' }, 'exclude each other'],
  ])('refuses %s %j', (from, flags, message) => expect(problem(from, flags)).toContain(message))
})

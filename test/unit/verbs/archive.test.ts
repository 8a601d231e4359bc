import { truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { openArchiveWriter } from '../../../src/archive/writer.js'
import { rabbitmqFormat } from '../../../src/brokers/rabbitmq/archive/format.js'
import { planDiscard } from '../../../src/discard/plan.js'
import { facts, pieceOf } from '../archive/queue.js'
import { spillway } from '../commands/fake-process.js'
import { aQueueLook, keepingNothing, RUN, someOptions } from '../discard/a-look.js'
import { temporaryFolder } from '../journal/home.js'
import { ended, leave, opened, settled, started } from './ledger/a-home.js'

const KEPT_NOTHING = '20261121-1400-none'
let home: string
let folder: string
beforeEach(async () => {
  home = await temporaryFolder()
  folder = join(home, 'runs', RUN, 'archive')
  const archive = { folder, freeBytes: 100n << 30n, floorBytes: 0n }
  const events = [
    started('01:00:00'),
    opened('orders', '0', '10'),
    settled('01:00:05', 'orders', '10', { read: 10n, dropped: 10n }),
    ended('01:00:06'),
  ]
  await leave(home, { plan: planDiscard(aQueueLook(), someOptions({ archive })), events })
  await leave(home, { plan: planDiscard(aQueueLook(), keepingNothing({ run: KEPT_NOTHING })) })
  await using writer = await openArchiveWriter({ folder, format: rabbitmqFormat('orders'), floorBytes: 0n })
  const lane = await writer.lane('orders', undefined)
  await lane.append(await pieceOf(0, 10))
  await writer.sync()
  await writer.seal(facts(10n))
})

const run = (...args: string[]) => spillway(args, { SPILLWAY_HOME: home })
const json = async (...args: string[]) => {
  const { code, out } = await run(...args, '--output', 'json')
  return { code, document: JSON.parse(out) }
}

describe('archive ls', () => {
  it('lists the archives of this home', async () => {
    const { code, document } = await json('archive', 'ls')
    expect(code).toBe(0)
    expect(document).toMatchObject([{ run: RUN, system: 'rabbitmq', sealed: true, messages: '10', files: 2, folder }])
    expect((await run('archive', 'ls')).out).toMatch(new RegExp(`${RUN} +yes +10 .*orders`))
  })

  it('lists the files of one', async () => {
    const { document } = await json('archive', 'ls', `archive:${RUN}`)
    expect(document.files.map(({ file }: { file: string }) => file)).toEqual([
      'queue/00000000000000000000.amqp.zst',
      'index.parquet',
    ])
  })
})

describe('archive show', () => {
  it.each([
    [
      ['--limit', '2'],
      ['id-0', 'id-1'],
    ],
    [
      ['--id', 'id-7', '--id', 'id-3'],
      ['id-3', 'id-7'],
    ],
    [['--key', 'key-5'], ['id-5']],
    [['--key', 'base64:/wQ='], ['id-4']],
    [
      ['--from', '1970-01-01T01:00:01.006', '--before', '1970-01-01T00:00:01.008Z', '--tz', 'Europe/Paris'],
      ['id-6', 'id-7'],
    ],
  ])('with %j has %j', async (flags, ids) => {
    const { code, document } = await json('archive', 'show', RUN, ...flags)
    expect([code, document.map(({ id }: { id: string }) => id)]).toEqual([0, ids])
  })

  it('shows a line a message, and that there are more', async () => {
    const { out } = await run('archive', 'show', RUN, '--limit', '5')
    expect(out).toMatch(/1970-01-01 00:00:01.003 +orders +3 +10 +key-3 +id-3/)
    expect(out).toContain('base64:/wQ=')
    expect(out).toContain('There are more: raise --limit.')
  })

  it('exits 3 where none fits', async () => {
    expect(await json('archive', 'show', RUN, '--id', 'other')).toEqual({ code: 3, document: [] })
  })
})

describe('archive verify', () => {
  it('exits 0 where all is as it was written', async () => {
    const { code, document } = await json('archive', 'verify', RUN)
    expect(code).toBe(0)
    expect(document).toMatchObject({ run: RUN, sealed: true, pieces: 1, messages: '10', damage: [], unfinished: [] })
  })

  it('exits 1 and names file and byte where it is not', async () => {
    await truncate(join(folder, 'queue/00000000000000000000.amqp.zst'), 50)
    const { code, document } = await json('archive', 'verify', RUN)
    expect([code, document.damage]).toEqual([
      1,
      [{ file: 'queue/00000000000000000000.amqp.zst', byte: 0, why: 'a piece is cut short after 50 bytes' }],
    ])
    expect(document.error.code).toBe('archive-damaged')
    const { out, err } = await run('archive', 'verify', RUN)
    expect(out).toContain('DAMAGED')
    expect(err).toContain('queue/00000000000000000000.amqp.zst:0: a piece is cut short after 50 bytes')
  })
})

describe('archive sql', () => {
  it('prints a table, or objects', async () => {
    const sql = 'SELECT lane, count(*) AS n, min(key) AS least FROM messages GROUP BY lane'
    expect((await run('archive', 'sql', RUN, sql)).out).toBe('lane     n  least\norders  10  key-0\n')
    expect(await json('archive', 'sql', RUN, sql)).toEqual({
      code: 0,
      document: [{ lane: 'orders', n: '10', least: 'key-0' }],
    })
  })

  it('says on the side that there are more rows', async () => {
    const { out, err } = await run('archive', 'sql', RUN, 'SELECT id FROM index', '--limit', '2')
    expect([out, err]).toEqual(['id\nid-0\nid-1\n', 'There are more rows: --limit 2 was reached.\n'])
  })

  it('exits 2 with the words of DuckDB where it is no SQL', async () => {
    const { code, err } = await run('archive', 'sql', RUN, 'SELECT who FROM messages')
    expect(code).toBe(2)
    expect(err).toContain('Referenced column "who" not found')
    expect(err).toContain('Tables: index (id,')
  })
})

describe('archive of a run that has none', () => {
  it.each([
    [KEPT_NOTHING, 'kept nothing (--no-archive)'],
    ['20261121-1300-other', 'There is no run'],
    [`parked:${RUN}`, 'is no archive'],
  ])('of %s exits 2: %s', async (name, words) => {
    const { code, err } = await run('archive', 'show', name)
    expect(code).toBe(2)
    expect(err).toContain(words)
  })

  it('asks for a verb, a run and a question', async () => {
    expect((await run('archive')).err).toContain('archive needs a verb')
    expect((await run('archive', 'lst')).err).toContain('ls')
    expect((await run('archive', 'verify')).code).toBe(2)
    expect((await run('archive', 'sql', RUN)).err).toContain('the question is missing')
  })
})

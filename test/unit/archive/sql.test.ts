import { readFileSync } from 'node:fs'
import { mkdtemp, open, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { askArchive } from '../../../src/archive/sql.js'
import { openArchiveWriter } from '../../../src/archive/writer.js'
import { rabbitmqFormat } from '../../../src/brokers/rabbitmq/archive/format.js'
import { Stopped } from '../../../src/errors.js'
import { facts, pieceOf } from './queue.js'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spillway-archive-'))
})
afterEach(() => rm(folder, { recursive: true }))

async function filled(sealed: boolean): Promise<void> {
  await using archive = await openArchiveWriter({ folder, format: rabbitmqFormat('orders'), floorBytes: 0n })
  const lane = await archive.lane('orders', undefined)
  await lane.append(await pieceOf(0, 10))
  await archive.sync()
  if (sealed) await archive.seal(facts(10n))
}

const ask = (sql: string, most = 100) => askArchive(folder, sql, { most })

describe.each([
  ['sealed', true],
  ['unsealed', false],
] as const)('SQL over an archive, %s', (_, sealed) => {
  it('answers over the rows, and over them with times', async () => {
    await filled(sealed)
    expect(await ask('SELECT count(*) AS n, count(key) AS keys, count(key_base64) AS others FROM index')).toEqual({
      columns: ['n', 'keys', 'others'],
      rows: [['10', '8', '2']],
      more: false,
    })
    expect((await ask("SELECT id FROM messages WHERE time >= '1970-01-01 01:00:01.007+01'")).rows).toEqual([
      ['id-7'],
      ['id-8'],
    ])
    const hours =
      "SELECT date_trunc('hour', time) AS hour, count(*) AS n, min(time) FROM messages GROUP BY hour ORDER BY hour"
    expect((await ask(hours)).rows).toEqual([
      ['1970-01-01 00:00:00+00', '8', '1970-01-01 00:00:01+00'],
      [null, '2', null],
    ])
  })

  it('gives so many rows and no more, and says so', async () => {
    await filled(sealed)
    const { rows, more } = await ask('FROM messages', 3)
    expect([rows.length, more]).toEqual([3, true])
  })

  it.each([
    "COPY (SELECT 1) TO 'out.csv'",
    'CREATE TABLE a AS SELECT 1',
    'DELETE FROM index',
    "ATTACH 'other.db'",
    'INSTALL httpfs',
    "SET memory_limit = '10GB'",
    "SELECT * FROM read_text('/etc/hostname')",
    'SELECT 1; SELECT 2',
    'SELECT * FROM nothing',
    'SELECT FROM WHERE',
    '',
  ])('refuses %s, and says what there is', async sql => {
    await filled(sealed)
    const before = await readdir(folder)
    await expect(ask(sql)).rejects.toMatchObject({
      exitCode: 2,
      code: 'sql',
      hint: expect.stringContaining('messages'),
    })
    expect(await readdir(folder)).toEqual(before)
  })
})

const documented = readFileSync(new URL('../../../docs/archive.md', import.meta.url), 'utf8')
const statements = (/```sql\n(.*?)```/s.exec(documented)?.[1] ?? '').split('\n\n').map(text => text.trim())

describe('SQL over a time that is none', () => {
  it('has no time for it, and all others', async () => {
    await using archive = await openArchiveWriter({ folder, format: rabbitmqFormat('orders'), floorBytes: 0n })
    const lane = await archive.lane('orders', undefined)
    const piece = await pieceOf(0, 3)
    const rows = piece.rows.map((row, at) => (at === 1 ? { ...row, timestamp: 1.76e18 } : row))
    await lane.append({ ...piece, rows })
    await archive.sync()
    expect((await ask('SELECT time IS NULL FROM messages')).rows).toEqual([[false], [true], [false]])
  })
})

describe('a question that takes long', () => {
  it('ends with the signal', async () => {
    await filled(true)
    const stop = new AbortController()
    const endless = 'SELECT count(*) FROM range(100000000000) a WHERE hash(a.range) = 1'
    const answer = askArchive(folder, endless, { most: 1, signal: stop.signal })
    setTimeout(() => stop.abort(new Stopped('SIGINT')), 100)
    await expect(answer).rejects.toBeInstanceOf(Stopped)
  })
})

describe('docs/archive.md', () => {
  it.each(statements)('has an answer to %s', async statement => {
    await filled(true)
    expect((await ask(statement)).columns.length).toBeGreaterThan(0)
  })
})

describe('SQL over the archive of a run that was killed', () => {
  it('answers as far as the index is whole, and leaves nothing behind', async () => {
    await filled(false)
    const index = await open(join(folder, 'index.csv.zst'), 'a')
    await index.appendFile(Buffer.of(0x50, 0x2a, 0x4d))
    await index.close()
    const before = await readdir(folder)
    expect((await ask('SELECT count(*) FROM index')).rows).toEqual([['10']])
    expect(await readdir(folder)).toEqual(before)
  })

  it('says that there is no archive', async () => {
    await writeFile(join(folder, 'other'), '')
    await expect(ask('SELECT 1')).rejects.toMatchObject({ exitCode: 2, code: 'no-archive' })
  })
})

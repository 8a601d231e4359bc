import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { createTopic } from '../../src/brokers/kafka/admin/create-topic.js'
import type { DatabaseLab } from '../../src/lab/database/options.js'
import { onLink } from './drain-harness.js'
import { told, underWay } from './fault-harness.js'
import { java, spawnSpillway, spillway } from './kafka-lab.js'
import { ownPostgres, query } from './postgres-lab.js'

const ROWS = 2000
const GO = ['--execute', '--yes', '--output', 'json']
const kafka = inject('kafka41')

let home: string
let postgres: DatabaseLab
let url: string
let password: string
/** The same address without its password. */
let bare: string
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'rows-late-'))
  postgres = await ownPostgres({ config: { fsync: 'off' } })
  url = postgres.url
  password = new URL(url).password
  bare = url.replace(`:${password}@`, '@')
  await query(url, 'CREATE TABLE orders (id bigint PRIMARY KEY, at timestamptz NOT NULL)')
  await query(
    url,
    `INSERT INTO orders SELECT n, timestamptz '2026-01-31 08:26:10Z' + n * interval '1 ms' FROM generate_series(1, ${ROWS}) n`,
  )
})
afterAll(async () => rm(home, { recursive: true }))

const topicOf = async (name: string): Promise<string> => {
  const topic = `rows-late-${process.pid}-${name}`
  const made = { name: topic, partitions: 1, replication: 1, settings: { 'retention.ms': '-1' } }
  await onLink(kafka, link => createTopic(link, made))
  return topic
}

/** Keys that Kafka's own client reads under read_committed. */
async function keysIn(topic: string): Promise<string[]> {
  const { stdout } = await java(kafka, 'org.apache.kafka.tools.consumer.ConsoleConsumer', [
    ...['--bootstrap-server', kafka.brokers.join(','), '--topic', topic, '--from-beginning'],
    ...['--isolation-level', 'read_committed', '--timeout-ms', '5000', '--property', 'print.key=true'],
  ])
  return stdout.split('\n').flatMap(line => (line.includes('\t') ? [line.split('\t')[0] ?? ''] : []))
}

/** Why the one run of a home is held, or was. */
async function heldIn(folder: string): Promise<string> {
  const { stdout } = await spillway(['runs', '--output', 'json'], { home: folder })
  const [found] = JSON.parse(stdout || '[]') as { held: { reason: string }[] }[]
  return found?.held.map(({ reason }) => reason).join() ?? ''
}

const WINDOW = ['--from', '2026-01-31T08:00', '--to-time', '2026-01-31T08:40']
const COLUMNS = ['--table', 'orders', '--key', 'id', '--time', 'at']

it('sends what is committed late once, wherever it is killed; resumes with the password in --source', async () => {
  const topic = await topicOf('killed')
  const to = `${kafka.url}/${topic}`
  const env = { SPILLWAY_FAILPOINT: 'after-end-txn:2' }
  const first = await spillway(['replay', url, ...COLUMNS, ...WINDOW, '--to', to, ...GO], { home, env })
  expect(first.code).not.toBe(0)
  const [run = ''] = (await readdir(join(home, 'runs'))).filter(name => !name.startsWith('.'))
  const again = ['resume', run, '--source', url, '--output', 'json']
  const without = await spillway(['resume', run, '--output', 'json'], { home })
  expect(without).toMatchObject({ code: 2, stdout: expect.stringContaining('asks for a password') })
  // Rows of before what is sent by now, and in the tail.
  await query(url, `INSERT INTO orders VALUES (${ROWS + 1}, '2026-01-31 08:26:00Z')`)
  const points = ['after-end-txn:2', 'before-end-txn:2', 'after-end-txn:3']
  for (const point of points) {
    const killed = await spillway(again, { home, env: { SPILLWAY_FAILPOINT: point } })
    if (killed.code === 0) break
    if (point === 'before-end-txn:2')
      await query(url, `INSERT INTO orders VALUES (${ROWS + 2}, '2026-01-31 08:26:01Z')`)
  }
  const done = await spillway(again, { home })
  expect(done.code, done.stderr).toBe(0)
  expect(told(done).warnings).toContainEqual(expect.stringContaining('2 rows were committed late'))
  const sent = String(ROWS + 2)
  expect(told(done)).toMatchObject({ state: 'complete', balanced: true, ledger: { read: sent, written: sent } })
  const keys = await keysIn(topic)
  expect([keys.length, new Set(keys).size]).toEqual([ROWS + 2, ROWS + 2])
  expect(done.stdout + done.stderr).not.toContain(password)
})

it('waits until the window is over, and for a transaction from before its end', async () => {
  const topic = await topicOf('held')
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    await client.query('BEGIN')
    await client.query("INSERT INTO orders VALUES (90000, now() - interval '1 minute')")
    const [from, to] = [Date.now() - 600_000, Date.now() + 2000].map(at => new Date(at).toISOString())
    const flags = ['--from', from ?? '', '--to-time', to ?? '', '--grace', '10s', '--to', `${kafka.url}/${topic}`]
    const own = await mkdtemp(join(home, 'held-'))
    const options = { home: own, env: { PGPASSWORD: password } }
    const running = spawnSpillway(['replay', bare, ...COLUMNS, ...flags, ...GO], options)
    await expect.poll(() => heldIn(own), { timeout: 60_000 }).toContain('--grace')
    await expect
      .poll(() => heldIn(own), { timeout: 60_000 })
      .toMatch(/1 transaction that began before the window's end is still/)
    await client.query('COMMIT')
    const ended = await running.finished
    expect(ended.code, ended.stderr).toBe(0)
    expect(told(ended).ledger).toMatchObject({ read: '1', written: '1' })
  } finally {
    await client.end()
  }
})

it('sends rows of a file once, and none of one that was changed meanwhile; reads a database of the settings', async () => {
  const [topic, named] = [await topicOf('file'), await topicOf('named')]
  const own = await mkdtemp(join(home, 'file-'))
  const [path, config] = [join(own, 'orders.ndjson'), join(own, 'spillway.yaml')]
  const lines = Array.from({ length: 3000 }, (_, id) => `{"id":${id},"n":1.50}`)
  await writeFile(path, lines.join('\n'))
  const replay = ['replay', `file:${path}`, '--key', 'id', '--to', `${kafka.url}/${topic}`, ...GO]
  const killed = await spillway(replay, { home: own, env: { SPILLWAY_FAILPOINT: 'after-end-txn:3' } })
  expect(killed.code).not.toBe(0)
  const [run = ''] = (await readdir(join(own, 'runs'))).filter(name => !name.startsWith('.'))
  const done = await spillway(['resume', run, '--output', 'json'], { home: own })
  expect(done.code, done.stderr).toBe(0)
  const keys = await keysIn(topic)
  expect([keys.length, new Set(keys).size]).toEqual([3000, 3000])
  const next = await spillway(replay.concat('--again'), { home: own, env: { SPILLWAY_FAILPOINT: 'after-end-txn:3' } })
  expect(next.code).not.toBe(0)
  const other = (await readdir(join(own, 'runs'))).find(name => !name.startsWith('.') && name !== run) ?? ''
  await writeFile(path, lines.slice(1).join('\n'))
  expect(await spillway(['resume', other, '--output', 'json'], { home: own })).toMatchObject({ code: 4 })
  await writeFile(config, `clusters:\n  shop: { url: "${bare.replace('@', `:$\{SHOP}@`)}" }\n`)
  const flags = [...COLUMNS, ...WINDOW, '--to', `${kafka.url}/${named}`, ...GO, '--config', config]
  const found = await spillway(['replay', 'shop', ...flags], { home: own, env: { SHOP: password } })
  expect(found.code, found.stderr).toBe(0)
  expect(told(found).ledger.written).toBe(String(ROWS + 2))
})

it('waits for a database that is killed amid it and comes back', async () => {
  const topic = await topicOf('restarted')
  const own = await mkdtemp(join(home, 'restarted-'))
  // Large rows, so that pages are small and most are still to be read.
  const rowsOf = ['--query', "SELECT id, at, repeat('x', 20000) AS note FROM orders", '--key', 'id', '--time', 'at']
  const flags = [...rowsOf, ...WINDOW, '--to', `${kafka.url}/${topic}`, '--rate', '500', ...GO]
  const running = spawnSpillway(['replay', bare, ...flags], { home: own, env: { PGPASSWORD: password } })
  await underWay({ home: own })
  await postgres.kill()
  await expect.poll(() => heldIn(own), { timeout: 60_000 }).toContain('postgres://')
  await postgres.restart()
  const [rows] = await query(url, `SELECT count(*)::text AS count FROM orders WHERE at < '2026-01-31 08:40Z'`)
  const ended = await running.finished
  expect(ended.code, ended.stderr).toBe(0)
  expect(told(ended)).toMatchObject({ balanced: true, ledger: { written: rows?.count } })
})

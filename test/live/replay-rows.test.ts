import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createTopic } from '../../src/brokers/kafka/admin/create-topic.js'
import { runMysql } from '../../src/lab/mysql/client.js'
import { onLink } from './drain-harness.js'
import { type Told, told } from './fault-harness.js'
import { java, ownKafka, spillway } from './kafka-lab.js'
import { withMysql } from './mysql-lab.js'
import { ownPostgres, query } from './postgres-lab.js'

const ROWS = 5000
const WINDOW = ['--from', '2026-01-31T08:00', '--to-time', '2026-01-31T09:00']

let home: string
let kafka: Awaited<ReturnType<typeof ownKafka>>
let url: string
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'replay-rows-'))
  const database = ownPostgres({ config: { fsync: 'off' } })
  kafka = await ownKafka()
  url = (await database).url
  await query(
    url,
    'CREATE TABLE orders (id bigint PRIMARY KEY, created_at timestamptz NOT NULL, amount numeric, note text)',
  )
  // A thousand rows share each time, so that equal times lie across the borders of pages.
  await query(
    url,
    `INSERT INTO orders SELECT n, timestamptz '2026-01-31 08:00Z' + (n / 1000) * interval '1 s', n / 7.0, NULL FROM generate_series(1, ${ROWS}) n`,
  )
  await query(
    url,
    `INSERT INTO orders VALUES (0, '2026-01-31 09:00Z', 1, 'after'), (-1, '2026-01-31 07:59:59Z', 1, 'before')`,
  )
})
afterAll(async () => rm(home, { recursive: true }))

// The rows are older than a topic's usual retention, which counts from their own time.
const topicOf = async (name: string): Promise<string> => {
  await onLink(kafka, link =>
    createTopic(link, { name, partitions: 3, replication: 1, settings: { 'retention.ms': '-1' } }),
  )
  return `${kafka.url}/${name}`
}

const replay = (to: string, flags: readonly string[] = [], env = {}) =>
  spillway(
    [
      'replay',
      url,
      '--table',
      'orders',
      '--key',
      'id',
      '--time',
      'created_at',
      ...WINDOW,
      '--to',
      to,
      '--output',
      'json',
      ...flags,
    ],
    { home, env },
  )

type Read = { readonly key: string; readonly value: string; readonly headers: Readonly<Record<string, string>> }

/** All that Kafka's own client reads under read_committed. */
async function committed(topic: string): Promise<Read[]> {
  const printed = ['print.headers=true', 'print.key=true'].flatMap(each => ['--property', each])
  const { stdout } = await java(kafka, 'org.apache.kafka.tools.consumer.ConsoleConsumer', [
    ...['--bootstrap-server', kafka.brokers.join(','), '--topic', topic, '--from-beginning'],
    ...['--isolation-level', 'read_committed', '--timeout-ms', '5000', ...printed],
  ])
  return stdout
    .split('\n')
    .filter(line => line.includes('\t'))
    .map(line => {
      const [headers = '', key = '', value = ''] = line.split('\t')
      const pairs = headers
        .split(',')
        .map(each => [each.slice(0, each.indexOf(':')), each.slice(each.indexOf(':') + 1)])
      return { key, value, headers: Object.fromEntries(pairs) as Record<string, string> }
    })
}

it('shows a plan that changes nothing, and sample messages', async () => {
  const to = await topicOf('dry')
  const dry = await replay(to)
  expect(dry.code, dry.stderr).toBe(0)
  expect(JSON.parse(dry.stdout)).toMatchObject({ verb: 'replay', state: 'planned', refusals: [] })
  expect(dry.stdout + dry.stderr).not.toContain(new URL(url).password)
  const sample = await replay(to, ['--sample', '2'])
  expect(JSON.parse(sample.stdout).sample).toMatchObject([
    {
      key: '1',
      value: expect.stringMatching(
        /^{"id":1,"created_at":"2026-01-31T08:00:00Z","amount":"0.14285714285714285714","note":null}$/,
      ),
    },
    { key: '2' },
  ])
})

it('sends each row of the window once, though it is killed amid it and equal times lie across pages', async () => {
  const to = await topicOf('orders')
  const killed = await replay(to, ['--execute', '--yes'], { SPILLWAY_FAILPOINT: 'after-end-txn:4' })
  expect(killed.code).not.toBe(0)
  const [run = ''] = (JSON.parse((await spillway(['runs', '--output', 'json'], { home })).stdout) as Told[]).map(
    each => each.run,
  )
  const env = { PGPASSWORD: new URL(url).password }
  const again = await spillway(['resume', run, '--output', 'json'], {
    home,
    env: { ...env, SPILLWAY_FAILPOINT: 'before-end-txn:3' },
  })
  expect(again.code).not.toBe(0)
  const done = await spillway(['resume', run, '--output', 'json'], { home, env })
  expect(done.code, done.stderr).toBe(0)
  expect(told(done)).toMatchObject({
    state: 'complete',
    balanced: true,
    ledger: { read: String(ROWS), written: String(ROWS) },
  })
  const read = await committed('orders')
  expect(read.length).toBe(ROWS)
  expect(new Set(read.map(({ key }) => key)).size).toBe(ROWS)
  expect(new Set(read.map(({ headers }) => headers['x-event-id'])).size).toBe(ROWS)
  expect(read[0]?.headers).toMatchObject({ 'x-replay-run': run, 'x-replay-count': '1' })
})

it('sends rows of a query of MariaDB, and lets nobody in with another password', async () => {
  await withMysql({ home }, async maria => {
    await runMysql(
      maria.url,
      'CREATE TABLE orders (id bigint PRIMARY KEY, at datetime(3) NOT NULL, doc json)',
      `INSERT INTO orders SELECT seq, '2026-01-31 08:00:00.500', '{"a":1.0}' FROM seq_1_to_300`,
    )
    const to = await topicOf('maria')
    const flags = ['--query', 'SELECT at, id FROM orders WHERE id > 100', '--key', 'id', '--time', 'at', ...WINDOW]
    const sent = await spillway(['replay', maria.url, ...flags, '--to', to, '--execute', '--yes', '--output', 'json'], {
      home,
    })
    expect(sent.code, sent.stderr).toBe(0)
    expect(told(sent)).toMatchObject({ balanced: true, ledger: { read: '200', written: '200' } })
    const read = await committed('maria')
    expect(new Set(read.map(({ key }) => key)).size).toBe(200)
    expect(read.length).toBe(200)
    expect(read[0]?.value).toMatch(/^{"at":"2026-01-31T08:00:00.500","id":1\d\d}$/)
    const wrong = maria.url.replace(new URL(maria.url).password, 'hunter2')
    const refused = await spillway(['replay', wrong, ...flags, '--to', to], { home })
    expect(refused).toMatchObject({ code: 2 })
    expect(refused.stdout + refused.stderr).not.toContain('hunter2')
  })
})

it('refuses rows that it could not tell apart', async () => {
  const to = await topicOf('refused')
  const alike = await spillway(
    ['replay', url, '--table', 'orders', '--key', 'note', '--time', 'created_at', ...WINDOW, '--to', to],
    { home },
  )
  expect(alike).toMatchObject({ code: 2 })
  expect(alike.stderr).toContain('not unique')
})

it('takes a window that is not over up to now, once its grace is over; of a night it refuses one', async () => {
  const to = await topicOf('not-over')
  await query(url, `INSERT INTO orders VALUES (-2, '2098-12-31 00:00Z', 1, 'to come')`)
  const rows = ['replay', url, '--table', 'orders', '--key', 'id', '--time', 'created_at', '--to', to]
  const open = ['--from', '2026-01-31T09:00', '--to-time', '2099-01-01', '--output', 'json']
  const dry = await spillway([...rows, ...open], { home })
  expect(dry).toMatchObject({ code: 0 })
  const { refusals, warnings } = JSON.parse(dry.stdout)
  expect(refusals).toEqual([])
  expect(warnings.join()).toMatch(/still to come.*a run holds until/)
  const sent = await spillway([...rows, ...open, '--grace', '2s', '--execute', '--yes'], { home })
  expect(sent).toMatchObject({ code: 0 })
  expect(JSON.parse(sent.stdout)).toMatchObject({ balanced: true, ledger: { read: '1', written: '1' } })
  expect(JSON.parse(sent.stdout).held[0].reason).toContain('--grace')
  const today = await spillway([...rows, '--day', 'today', '--execute', '--yes'], { home })
  expect(today).toMatchObject({ code: 4 })
  expect(today.stderr).toContain('still to come')
})

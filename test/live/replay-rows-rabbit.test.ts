import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from 'amqplib'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { createTopic } from '../../src/brokers/kafka/admin/create-topic.js'
import { runMysql } from '../../src/lab/mysql/client.js'
import { RABBIT_USERS } from '../../src/lab/rabbitmq/options.js'
import { onLink } from './drain-harness.js'
import { told } from './fault-harness.js'
import { java, spawnSpillway, spillway } from './kafka-lab.js'
import { withMysql } from './mysql-lab.js'
import { ownPostgres, query } from './postgres-lab.js'
import { api, freshVhost, type Witnessed, witness } from './rabbit-lab.js'

const ROWS = 3000
const VHOST = `rows-${process.pid}`
const WINDOW = ['--from', '2026-01-31T08:00', '--to-time', '2026-01-31T09:00']
const COLUMNS = ['--key', 'id', '--time', 'created_at', ...WINDOW]
const ALL = { configure: '.*', write: '.*', read: '.*' }
const GO = ['--execute', '--yes', '--output', 'json']

const rabbit = inject('rabbitmq')
let home: string
let url: string
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'rows-rabbit-'))
  const database = ownPostgres({ config: { fsync: 'off' } })
  await freshVhost(rabbit, VHOST)
  url = (await database).url
  await query(
    url,
    `CREATE TABLE orders (id bigint PRIMARY KEY, created_at timestamptz NOT NULL, amount numeric, doc jsonb);
     INSERT INTO orders SELECT n, timestamptz '2026-01-31 08:00Z' + (n / 1000) * interval '1 s', n / 7.0, '{"a":[1,null]}' FROM generate_series(1, ${ROWS}) n`,
  )
})
afterAll(() => rm(home, { recursive: true }))

async function aQueue(queue: string, args: Record<string, string | number> = {}): Promise<string> {
  const model = await connect(`${rabbit.url}/${VHOST}`)
  const channel = await model.createChannel()
  await channel.assertQueue(queue, { durable: true, arguments: args })
  await model.close()
  return `${rabbit.url}/${VHOST}/${queue}`
}

const rowsOf = (database: string) => ['replay', database, '--table', 'orders', ...COLUMNS]
const read = (queue: string) => witness(rabbit, queue, { vhost: VHOST })
const headersOf = ({ headers = [] }: Witnessed) =>
  Object.fromEntries(headers.map(([name, , value]) => [name, String(value)]))
const bodyOf = ({ body }: Witnessed) => Buffer.from(body, 'base64').toString()
const runs = async () => (await readdir(join(home, 'runs')).catch(() => [])).filter(name => !name.startsWith('.'))

/** Begins a replay that dies at a failpoint, and gives its run. */
async function killedAt(failpoint: string, args: readonly string[]): Promise<string> {
  const before = await runs()
  const killed = await spillway([...args, ...GO], { home, env: { SPILLWAY_FAILPOINT: failpoint } })
  expect(killed.signal ?? killed.code, killed.stderr).not.toBe(0)
  return (await runs()).find(run => !before.includes(run)) ?? ''
}

describe('rows into a queue of RabbitMQ', () => {
  it('says beforehand what a crash can repeat, and sends nothing', async () => {
    const to = await aQueue('dry')
    const dry = await spillway([...rowsOf(url), '--to', to], { home })
    expect(dry.code, dry.stderr).toBe(0)
    expect(dry.stdout).toMatch(/up to\s+500/)
    expect(dry.stdout).toContain('Nobody consumes dry now')
    await api(rabbit, `permissions/${VHOST}/limited`, { method: 'PUT', body: ALL })
    const [from, other] = [new URL(url), new URL(to)]
    const env = { PGPASSWORD: from.password, SPILLWAY_PASSWORD: RABBIT_USERS.limited }
    from.password = ''
    Object.assign(other, { username: 'limited', password: '' })
    const both = await spillway([...rowsOf(from.href), '--to', other.href], { home, env })
    expect(both.code, both.stderr).toBe(0)
    expect(await read('dry')).toEqual([])
    const missing = await spillway([...rowsOf(url), '--to', to.replace(/dry$/, 'nowhere')], { home })
    expect(missing).toMatchObject({ code: 2 })
    expect(missing.stderr).toContain('nowhere')
  })

  it('confirms each row, killed amid it twice, and repeats no more than it says', async () => {
    const to = await aQueue('orders')
    const again = { PGPASSWORD: new URL(url).password }
    const run = await killedAt('after-confirm:3', [...rowsOf(url), '--to', to, '--rate', '2k'])
    await spillway(['resume', run, ...GO], { home, env: { ...again, SPILLWAY_FAILPOINT: 'after-publish:2' } })
    const done = await spillway(['resume', run, '--output', 'json'], { home, env: again })
    expect(done.code, done.stderr).toBe(0)
    const envelope = told(done)
    const ledger = { read: String(ROWS), written: String(ROWS), parked: '0' }
    expect(envelope).toMatchObject({ run, state: 'complete', balanced: true, ledger })
    const messages = await read('orders')
    const ids = messages.map(message => headersOf(message)['x-event-id'])
    expect(new Set(ids).size).toBe(ROWS)
    expect(new Set(messages.map(message => headersOf(message)['x-spillway-key'])).size).toBe(ROWS)
    const repeated = messages.length - ROWS
    expect(repeated).toBeGreaterThan(0)
    expect(repeated).toBeLessThanOrEqual(Number(envelope.duplicatesAtMost))
    expect(headersOf(messages[0] as Witnessed)).toMatchObject({ 'x-replay-run': run, 'x-replay-count': '1' })
    expect(bodyOf(messages[6] as Witnessed)).toBe(
      '{"id":7,"created_at":"2026-01-31T08:00:00Z","amount":"1.00000000000000000000","doc":{"a": [1, null]}}',
    )
    const report = await spillway(['report', run], { home, env: again })
    expect(report.stdout).toMatch(/BALANCED/)
  })

  it('holds while the queue is full, and goes on when consumers are back', async () => {
    const to = await aQueue('full', { 'x-max-length': 1000, 'x-overflow': 'reject-publish' })
    const running = spawnSpillway([...rowsOf(url), '--to', to, ...GO], { home })
    await expect.poll(running.stderr, { timeout: 120_000 }).toContain('is it full?')
    const model = await connect(`${rabbit.url}/${VHOST}`)
    const channel = await model.createChannel()
    const ids: string[] = []
    await channel.consume('full', message => {
      if (message === null) return
      ids.push(String(message.properties.messageId))
      channel.ack(message)
    })
    const done = await running.finished
    expect(done.code, done.stderr).toBe(0)
    const envelope = told(done)
    expect(envelope).toMatchObject({ balanced: true, ledger: { written: String(ROWS), parked: '0' } })
    expect(envelope.held[0]?.reason).toContain('is it full?')
    await expect.poll(() => new Set(ids).size, { timeout: 60_000 }).toBe(ROWS)
    expect(ids.length - ROWS).toBeLessThanOrEqual(Number(envelope.duplicatesAtMost))
    await model.close()
  })

  it('sends those of MariaDB too, by table and by query', async () => {
    const to = await aQueue('maria')
    await withMysql({ home }, async maria => {
      await runMysql(
        maria.url,
        'CREATE TABLE orders (id bigint PRIMARY KEY, created_at datetime(3) NOT NULL)',
        `INSERT INTO orders SELECT seq, '2026-01-31 08:00:00.500' FROM seq_1_to_700`,
      )
      const run = await killedAt('before-publish:2', [...rowsOf(maria.url), '--to', to])
      const env = { MYSQL_PWD: new URL(maria.url).password }
      const done = await spillway(['resume', run, '--output', 'json'], { home, env })
      expect(done.code, done.stderr).toBe(0)
      expect(told(done)).toMatchObject({ balanced: true, ledger: { read: '700', written: '700' } })
      const some = ['--query', 'SELECT id, created_at FROM orders WHERE id > 600']
      const sent = await spillway(['replay', maria.url, ...some, ...COLUMNS, '--to', to, ...GO], { home })
      expect(told(sent)).toMatchObject({ balanced: true, ledger: { written: '100' } })
      const keys = (await read('maria')).map(message => headersOf(message)['x-spillway-key'])
      expect(new Set(keys).size).toBe(700)
    })
  })
})

it('sends rows into Kafka without a transaction, killed amid it, each at least once', async () => {
  const broker = inject('kafka41')
  const topic = `rows-${process.pid}`
  await onLink(broker, link =>
    createTopic(link, { name: topic, partitions: 3, replication: 1, settings: { 'retention.ms': '-1' } }),
  )
  const args = [...rowsOf(url), '--to', `${broker.url}/${topic}`, '--no-transaction', '--rate', '5k']
  const run = await killedAt('after-journal:5', args)
  const env = { PGPASSWORD: new URL(url).password }
  const done = await spillway(['resume', run, '--output', 'json'], { home, env })
  expect(done.code, done.stderr).toBe(0)
  expect(told(done)).toMatchObject({ balanced: true, ledger: { read: String(ROWS), written: String(ROWS) } })
  const { stdout } = await java(broker, 'org.apache.kafka.tools.consumer.ConsoleConsumer', [
    ...['--bootstrap-server', broker.brokers.join(','), '--topic', topic, '--from-beginning', '--timeout-ms', '5000'],
    ...['--property', 'print.key=true'],
  ])
  const keys = stdout.split('\n').flatMap(line => (line.includes('\t') ? [line.split('\t')[0]] : []))
  expect(new Set(keys).size).toBe(ROWS)
  expect(keys.length - ROWS).toBeLessThanOrEqual(Number(told(done).duplicatesAtMost))
})

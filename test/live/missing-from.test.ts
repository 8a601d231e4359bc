import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Kafka, logLevel } from 'kafkajs'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { createTopic } from '../../src/brokers/kafka/admin/create-topic.js'
import { onLink } from './drain-harness.js'
import { type Told, told } from './fault-harness.js'
import { type Finished, spillway } from './kafka-lab.js'
import { ownPostgres, query } from './postgres-lab.js'

const ROWS = 2000
const ids = Array.from({ length: ROWS }, (_, at) => at + 1)
const lost = ids.filter(id => id % 10 === 7).map(String)
const broker = inject('kafka41')
const client = new Kafka({ brokers: [...broker.brokers], logLevel: logLevel.NOTHING })

let home: string
let url: string
let password: { readonly PGPASSWORD: string }
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'missing-from-'))
  url = (await ownPostgres({ config: { fsync: 'off' } })).url
  password = { PGPASSWORD: new URL(url).password }
  await query(url, 'CREATE TABLE orders (id bigint PRIMARY KEY, at timestamptz NOT NULL, note text)')
  await query(
    url,
    `INSERT INTO orders SELECT n, timestamptz '2026-01-31 00:00Z' + n * interval '36 s' FROM generate_series(1, ${ROWS}) n`,
  )
  await query(url, 'CREATE TABLE processed AS SELECT id AS order_id FROM orders WHERE id % 10 <> 7')
})
afterAll(() => rm(home, { recursive: true }))

/** A topic with these ids as keys. */
async function topicWith(name: string, keys: readonly string[]): Promise<string> {
  const topic = `${name}-${process.pid}`
  const settings = { 'retention.ms': '-1' }
  await onLink(broker, link => createTopic(link, { name: topic, partitions: 3, replication: 1, settings }))
  const producer = client.producer()
  await producer.connect()
  await producer.send({ topic, messages: keys.map(key => ({ key, value: '{}' })) })
  await producer.disconnect()
  return `kafka://${broker.brokers.join(',')}/${topic}`
}

const ORDERS = ['--table', 'orders', '--key', 'id', '--time', 'at', '--from', '2026-01-31', '--to-time', '2026-02-01']
const reconcile = async (seen: string) => {
  const args = ['reconcile', '--expected', url, ...ORDERS, '--seen', seen, '--output', 'json']
  const { code, stdout, stderr } = await spillway(args, { home })
  return { code, stderr, found: code === 0 || code === 3 ? JSON.parse(stdout) : undefined }
}
const replay = (to: string, from: string, flags: readonly string[] = [], env = {}) =>
  spillway(['replay', url, ...ORDERS, '--missing-from', from, '--to', to, '--output', 'json', ...flags], { home, env })
const keysOf = ({ stdout, stderr }: Finished): string[] => {
  const { sample } = JSON.parse(stdout) as { sample?: { key: string }[] }
  if (sample === undefined) throw new TypeError(stdout + stderr)
  return sample.map(({ key }) => key)
}
/** The run that was killed. */
const killedRun = async (): Promise<string> => {
  const runs = JSON.parse((await spillway(['runs', '--output', 'json'], { home })).stdout) as Told[]
  return runs.find(({ state }) => state !== 'complete')?.run ?? ''
}
const GO = ['--execute', '--yes']
const SENT = { state: 'complete', balanced: true, ledger: { read: '200', written: '200' } }

it('finds what never got through and sends just that, through a kill and without the list', async () => {
  const topic = await topicWith(
    'orders',
    ids.map(String).filter(id => !lost.includes(id)),
  )
  const before = await reconcile(topic)
  expect(before, before.stderr).toMatchObject({ code: 3, found: { expected: ROWS, missing: 200, missingIds: lost } })
  const { missingFile } = before.found
  const dry = await replay(topic, missingFile)
  expect(dry.code, dry.stderr).toBe(0)
  expect(JSON.parse(dry.stdout)).toMatchObject({ state: 'planned', refusals: [] })
  const killed = await replay(topic, missingFile, GO, { SPILLWAY_FAILPOINT: 'before-end-txn:1' })
  expect(killed.code).not.toBe(0)
  await rm(missingFile)
  const done = await spillway(['resume', await killedRun(), '--output', 'json'], { home, env: password })
  expect(done.code, done.stderr).toBe(0)
  expect(told(done)).toMatchObject(SENT)
  expect(done.stdout).toContain('"skipped": "1800"')
  const after = await reconcile(topic)
  expect(after, after.stderr).toMatchObject({ code: 0, found: { expected: ROWS, missing: 0, extra: 0, duplicates: 0 } })
})

it('sends what a processed table has not, and does not send the same twice', async () => {
  const topic = await topicWith('again', [])
  const processed = `${url}?table=processed&id=order_id`
  const killed = await replay(topic, processed, GO, { SPILLWAY_FAILPOINT: 'before-end-txn:1' })
  expect(killed.code).not.toBe(0)
  expect(killed.stdout + killed.stderr).not.toContain(new URL(url).password)
  // What was compared is in the folder of the run.
  await query(url, 'ALTER TABLE processed RENAME TO gone')
  const sent = await spillway(['resume', await killedRun(), '--output', 'json'], { home, env: password })
  await query(url, 'ALTER TABLE gone RENAME TO processed')
  expect(sent.code, sent.stderr).toBe(0)
  expect(told(sent)).toMatchObject(SENT)
  const { found } = await reconcile(topic)
  expect(found).toMatchObject({ seen: 200, missing: ROWS - 200, extra: 0, duplicates: 0 })
  const twice = await replay(topic, processed, GO)
  expect(twice.code, twice.stderr).toBe(4)
  // A list that reconcile wrote stays one, however it is written.
  const rest = await replay(topic, `file:${found.missingFile}`, GO)
  expect(rest.code, rest.stderr).toBe(0)
  expect(told(rest)).toMatchObject({ ledger: { read: '1800', written: '1800' } })
  const whole = await reconcile(topic)
  expect(whole, whole.stderr).toMatchObject({ code: 0, found: { missing: 0, duplicates: 0 } })
})

it('shows samples of what is missing alone, leaves nothing behind, and says what is wrong', async () => {
  await writeFile(join(home, 'some.txt'), '7\r\n\nnever\r\n17')
  const sample = await replay('origin', join(home, 'some.txt'), ['--sample', '5'])
  expect(keysOf(sample)).toEqual(['7', '17'])
  const seen = await replay('origin', `${url}?table=processed&id=order_id`, ['--sample', '2'])
  expect(keysOf(seen)).toEqual(['7', '17'])
  expect((await readdir(join(home, 'reconcile'))).filter(name => name.startsWith('.'))).toEqual([])
  for (const [from, words] of [
    [join(home, 'nowhere.txt'), 'cannot be read'],
    [`${url}?table=processed`, 'column of the id'],
    [`${url}?table=proc&id=order_id`, 'proc'],
  ] as const) {
    const wrong = await replay('kafka://127.0.0.1:1/x', from)
    expect({ code: wrong.code, stderr: wrong.stderr }).toEqual({ code: 2, stderr: expect.stringContaining(words) })
  }
})

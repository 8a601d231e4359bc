import { type ChannelModel, connect } from 'amqplib'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { splitWords } from '../../src/runbook/words.js'
import { spillway } from './kafka-lab.js'
import { ownPostgres, query } from './postgres-lab.js'
import { freshVhost, witness } from './rabbit-lab.js'
import { aHome, documentOf, GO, stateOf } from './runbook-harness.js'

const rabbit = inject('rabbitmq')
const VHOST = `runbook-rows-${process.pid}`
const ROWS = 400
const THROUGH = 300

let url: string
let model: ChannelModel
beforeAll(async () => {
  const database = ownPostgres({ config: { fsync: 'off' } })
  await freshVhost(rabbit, VHOST)
  model = await connect(`${rabbit.url}/${VHOST}`)
  url = (await database).url
  await query(
    url,
    `CREATE TABLE orders (id bigint PRIMARY KEY, created_at timestamptz NOT NULL);
     CREATE TABLE processed (order_id bigint PRIMARY KEY);
     INSERT INTO orders SELECT n, timestamptz '2026-01-31 08:00Z' + n * interval '1 s' FROM generate_series(1, ${ROWS}) n;
     INSERT INTO processed SELECT n FROM generate_series(1, ${THROUGH}) n`,
  )
})
afterAll(() => model.close())

async function aQueue(queue: string): Promise<string> {
  const channel = await model.createChannel()
  await channel.assertQueue(queue, { durable: true, arguments: { 'x-message-ttl': 600_000 } })
  await channel.close()
  return `${rabbit.url}/${VHOST}/${queue}`
}

/** Consumers as the user has them: each id goes into the table, then the message is acked. */
async function work(queue: string): Promise<void> {
  const channel = await model.createChannel()
  await channel.prefetch(1)
  await channel.consume(queue, async message => {
    if (message === null) return
    const { id } = JSON.parse(message.content.toString()) as { id: number }
    await query(url, 'INSERT INTO processed VALUES ($1) ON CONFLICT DO NOTHING', [id])
    channel.ack(message)
  })
}

const flagsOf = (values: Readonly<Record<string, string>>) =>
  Object.entries(values).flatMap(([name, value]) => ['--set', `${name}=${value}`])

it('messages-expired: refused while nobody consumes, then sends what is missing, and nothing else', async () => {
  const [home, target] = [await aHome(), await aQueue('orders')]
  const values = {
    ...{ database: url, table: 'orders', from: '2026-01-31T08:00', until: '2026-01-31T09:00' },
    ...{ seen: `${url}?table=processed&id=order_id`, target, management: `--management ${rabbit.managementUrl}` },
  }
  const refused = await spillway(['runbook', 'run', 'messages-expired', ...flagsOf(values), ...GO], { home })
  const first = documentOf(refused)
  const expected = { code: 4, state: 'refused' }
  expect({ code: refused.code, state: first.state }, refused.stderr).toEqual(expected)
  expect(stateOf(first, 'find-what-never-got-through')).toBe('done')
  await work('orders')
  const again = [new URL(url), new URL(rabbit.url)].reduce(
    (next, { username, password }) => next.replaceAll(`${username}:***@`, `${username}:${password}@`),
    first.next ?? '',
  )
  const [, ...words] = splitWords(again)
  const ended = await spillway([...words, '--yes', '--output', 'json', '--wait', '120s'], { home })
  const document = documentOf(ended)
  expect({ code: ended.code, ...document.error }, ended.stderr).toEqual({ code: 0 })
  expect(document.steps.map(({ state }) => state)).toEqual(document.steps.map(() => 'done'))
  expect(ended.stdout + ended.stderr).not.toContain(new URL(url).password)
  const status = await spillway(['status', document.kept.replay ?? '', '--output', 'json'], { home })
  expect(JSON.parse(status.stdout)).toMatchObject({ ledger: { read: '100', written: '100' } })
  expect(await query(url, 'SELECT count(*)::int AS n FROM processed')).toEqual([{ n: ROWS }])
})

it('nightly-replay: samples, sends in the hours of the night, and prints what runs it every night', async () => {
  const [home, target] = [await aHome(), await aQueue('nightly')]
  const hours = [-1, 2].map(hour => new Date(Date.now() + hour * 3_600_000).toISOString().slice(11, 16)).join('-')
  const values = {
    ...{ from: url, target, window: hours, rate: '5k', management: `--management ${rabbit.managementUrl}` },
    rows: '--table orders --key id --time created_at --from 2026-01-31T08:00 --to-time 2026-01-31T09:00',
  }
  const ended = await spillway(['runbook', 'run', 'nightly-replay', ...flagsOf(values), ...GO], { home })
  const document = documentOf(ended)
  expect({ code: ended.code, ...document.error }, ended.stderr).toEqual({ code: 0 })
  expect(document.steps.map(({ state }) => state)).toEqual(document.steps.map(() => 'done'))
  expect(ended.stderr).toContain('--carry-over')
  expect(ended.stdout + ended.stderr).not.toContain(new URL(url).password)
  expect((await witness(rabbit, 'nightly', { vhost: VHOST })).length).toBe(ROWS)
})

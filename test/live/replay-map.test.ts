import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { createTopic } from '../../src/brokers/kafka/admin/create-topic.js'
import { onLink, readBack } from './drain-harness.js'
import { runOf, told } from './fault-harness.js'
import { spillway } from './kafka-lab.js'
import { ownPostgres, query } from './postgres-lab.js'
import { api, freshVhost, witness } from './rabbit-lab.js'

const kafka = inject('kafka41')
const rabbit = inject('rabbitmq')
const VHOST = `map-${process.pid}`
const GO = ['--execute', '--yes', '--output', 'json']
const LARGE = 20 << 20

const MAPPING = `
key: \${ref}
headers:
  event-type: OrderPlaced
  tenant: \${tenant}
  raw: \${raw}
body:
  json:
    id: \${id}
    amount: \${amount}
    exact: \${amount as number}
    name: \${doc/customer/name}
    no: \${doc/customer/no}
    text: \${tenant}/\${raw as text}
    note: \${note}
contentType: application/json
timestamp: \${placed_at}
eventId: order-\${id}
eventIdHeader: ce-id
routingKey: orders.\${tenant}
`

let home: string
let url: string
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'replay-map-'))
  url = (await ownPostgres({ config: { fsync: 'off' } })).url
  await query(
    url,
    `CREATE TABLE orders (id bigint PRIMARY KEY, placed_at timestamptz NOT NULL DEFAULT '2026-01-31 08:00:00.5Z', ref text DEFAULT 'r',
     amount numeric DEFAULT 1.10, doc json DEFAULT '{"customer": {"name": "Ada", "no": 12345678901234567890}}', tenant text DEFAULT 'eu', raw bytea DEFAULT 'é', note text)`,
  )
  await query(url, 'INSERT INTO orders (id) SELECT n FROM generate_series(1, 40) n')
  await query(url, "UPDATE orders SET tenant = NULL, note = '' WHERE id = 2")
  await query(url, `UPDATE orders SET doc = '{"customer": {}}' WHERE id = 3`)
  await query(url, "UPDATE orders SET raw = '\\xff00' WHERE id = 4")
  await query(url, 'UPDATE orders SET ref = NULL WHERE id = 5')
  await query(url, `UPDATE orders SET note = repeat('x', ${LARGE}) WHERE id = 6`)
  await query(url, 'INSERT INTO orders (id) VALUES (9007199254740993)')
})
afterAll(async () => rm(home, { recursive: true }))

async function topicOf(name: string): Promise<string> {
  // The rows are older than a topic's usual retention, which counts from their own time.
  const settings = { 'retention.ms': '-1' }
  await onLink(kafka, link => createTopic(link, { name, partitions: 2, replication: 1, settings }))
  return `${kafka.url}/${name}`
}

async function mappingOf(name: string, text: string): Promise<string> {
  await writeFile(join(home, name), text)
  return join(home, name)
}

const WINDOW = ['--from', '2026-01-31T08:00Z', '--to-time', '2026-01-31T09:00Z']
const replay = (flags: readonly string[], { env = {}, at = home } = {}) =>
  spillway(['replay', url, '--table', 'orders', '--key', 'id', '--time', 'placed_at', ...WINDOW, ...flags], {
    home: at,
    env,
  })

const parkedOf = async (run: string): Promise<{ mark: string; reason: string; value: Buffer; isRow: boolean }[]> =>
  (await readFile(join(home, 'runs', run, 'parked.ndjson'), 'utf8'))
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))
    .map(({ origin, reason, value, isRow = false }) => {
      return { mark: JSON.parse(origin.mark)[1], reason, value: Buffer.from(value, 'base64'), isRow }
    })

it('refuses a mapping that cannot be, with all that is wrong, before anything is sent', async () => {
  const to = ['--to', await topicOf('map-refused')]
  const wrong = await mappingOf('wrong.yaml', 'kee: ${id}\nheaders:\n  a: 7\n')
  expect(await replay([...to, '--map', wrong])).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/headers\.a \(line 3\).*kee \(line 1\): unknown key "kee"\. Did you mean key\?/s),
  })
  const elsewhere = await mappingOf('elsewhere.yaml', 'key: ${idd}\nheaders:\n  a: ${tenent}\n')
  expect(await replay([...to, '--map', elsewhere, ...GO])).toMatchObject({
    code: 2,
    stdout: expect.stringMatching(/key \(line 1\).*no column idd\. Did you mean id\?.*Did you mean tenant\?/s),
  })
})

it('shows rows as they would go, parks those that cannot with the reason, and sends all others', async () => {
  const to = ['--to', await topicOf('map-orders')]
  const map = ['--map', await mappingOf('orders.yaml', MAPPING)]
  const shown = await replay([...map, '--sample', '5', '--tz', 'Europe/Berlin'])
  expect(shown.code, shown.stderr).toBe(0)
  expect(shown.stdout).toContain('time     2026-01-31 08:00:00.500 UTC (2026-01-31 09:00:00 Europe/Berlin)')
  expect(shown.stdout).toContain('WOULD BE PARKED: ${doc/customer/name}: there is no /customer/name in it')
  const sample = JSON.parse((await replay([...map, '--sample', '3', '--output', 'json'])).stdout).sample
  expect(sample).toMatchObject([{ id: 'order-1' }, { id: 'order-2' }, { unable: expect.any(String) }])

  const sent = await replay([...map, ...to, '--execute', '--yes'])
  expect(sent.code, sent.stderr).toBe(3)
  const run = await runOf(home)
  expect(sent.stdout).toContain(`spillway replay parked:${run} --map ${map[1]} --to ${to[1]}\n`)
  const parked = await parkedOf(run)
  expect(parked.map(({ mark, reason, isRow }) => [mark, reason.replace(/\d{8,}/, 'N'), isRow])).toEqual([
    ['3', '${doc/customer/name}: there is no /customer/name in it', true],
    ['4', '${raw as text}: its bytes are not UTF-8', true],
    ['5', 'key is NULL', true],
    ['6', expect.stringMatching(/^its N bytes are larger than \d+, the max.message.bytes of map-orders$/), false],
  ])
  expect(JSON.parse(String(parked[0]?.value))).toMatchObject({ id: 3, doc: { customer: {} } })
  const records = [...(await readBack(kafka, 'map-orders')).values()].flat()
  expect(records).toHaveLength(37)
  const [last] = records.filter(({ value }) => String(value).includes('9007199254740993'))
  expect(String(last?.value)).toBe(
    '{"id":9007199254740993,"amount":"1.10","exact":1.10,"name":"Ada","no":12345678901234567890,"text":"eu/é","note":null}',
  )
  expect(last?.timestamp).toBe(1_769_846_400_500n)
  const headers = last?.headers.map(([name, value]) => [String(name), String(value)])
  expect(headers).toEqual([
    ['event-type', 'OrderPlaced'],
    ['tenant', 'eu'],
    ['raw', 'é'],
    ['ce-id', 'order-9007199254740993'],
    ['content-type', 'application/json'],
    ['x-replay-run', run],
    ['x-replay-count', '1'],
  ])
  const second = records.find(({ value }) => String(value).startsWith('{"id":2,'))
  expect(String(second?.value)).toMatch(/"text":null,"note":""}$/)
  expect(second?.headers.map(([name]) => String(name))).not.toContain('tenant')

  const asTheyAre = await spillway(['replay', `parked:${run}`, ...to, ...GO], { home })
  expect(asTheyAre).toMatchObject({ code: 4, stdout: expect.stringContaining('3 of them are rows') })

  const text = MAPPING.replace('/name}', '/name?}').replace('/no}', '/no?}').replace('${raw as text}', '${raw as hex}')
  const mended = await mappingOf('mended.yaml', text)
  await query(url, "UPDATE orders SET ref = 'late', note = NULL WHERE id IN (5, 6)")
  const env = { PGPASSWORD: new URL(url).password }
  const again = ['replay', `parked:${run}`, '--map', mended, ...to]
  const dry = await spillway(again, { home, env })
  expect(dry.stdout.replace(/\s+/g, ' ')).toContain(`of these only the 4 that run ${run} has parked`)
  expect(dry.stdout).toContain(`spillway ${again.slice(0, 2).join(' ')}`)
  const killed = await spillway([...again, ...GO], { home, env: { ...env, SPILLWAY_FAILPOINT: 'before-produce' } })
  expect(killed.code).not.toBe(0)
  const runs = JSON.parse((await spillway(['runs', '--output', 'json'], { home })).stdout) as { run: string }[]
  const other = runs.find(each => each.run !== run)?.run ?? ''
  const done = await spillway(['resume', other, '--output', 'json'], { home, env })
  expect(done.code, done.stderr).toBe(0)
  expect(told(done)).toMatchObject({ balanced: true, ledger: { read: '4', written: '4' }, skipped: '37' })
  const all = [...(await readBack(kafka, 'map-orders')).values()].flat()
  expect(new Set(all.map(({ value }) => JSON.parse(String(value)).id)).size).toBe(41)
  expect(all).toHaveLength(41)
})

it('goes on with the mapping of the plan, and with no module that was edited', async () => {
  const to = ['--to', await topicOf('map-module'), '--rate', '20']
  const module = `export const map = (row, { json }) => {
    console.log('seen', row.id)
    return { key: row.id, value: { id: row.id, doc: json(row.doc) }, headers: { tenant: row.tenant } }
  }`
  const map = await mappingOf('map.mjs', module)
  const at = join(home, 'module')
  const killed = await replay([...to, '--map', map, '--no-provenance', ...GO], {
    at,
    env: { SPILLWAY_FAILPOINT: 'after-end-txn:2' },
  })
  expect(killed.code).not.toBe(0)
  expect(killed.stdout).not.toContain('seen')
  const run = await runOf(at)
  await writeFile(map, `${module}\n`)
  const env = { PGPASSWORD: new URL(url).password }
  const resume = () => spillway(['resume', run, '--output', 'json'], { home: at, env })
  expect(await resume()).toMatchObject({ code: 4, stdout: expect.stringContaining('edited after the plan was made') })
  await writeFile(map, module)
  const done = await resume()
  expect(done.stderr).toContain('seen 40n')
  expect(told(done)).toMatchObject({ balanced: true, ledger: { read: '41', written: '41', parked: '0' } })
  const records = [...(await readBack(kafka, 'map-module')).values()].flat()
  const [one] = records.filter(({ key }) => String(key) === '9007199254740993')
  expect(String(one?.value)).toContain(
    '{"id":9007199254740993,"doc":{"customer": {"name": "Ada", "no": 12345678901234567890}}}',
  )
  expect(one?.headers.map(([name]) => String(name))).toEqual(['tenant', 'x-event-id'])
})

it('gives messages of RabbitMQ their routing key and content type', async () => {
  await freshVhost(rabbit, VHOST)
  await api(rabbit, `queues/${VHOST}/orders`, { method: 'PUT', body: { durable: true } })
  const to = `${rabbit.url.replace('guest:guest@', '')}/${VHOST}/orders`
  const map = await mappingOf('rabbit.yaml', MAPPING)
  const sent = await replay(['--map', map, '--to', to, ...GO, '--management', rabbit.managementUrl])
  expect(sent.code, sent.stderr + sent.stdout).toBe(3)
  const messages = await witness(rabbit, 'orders', { vhost: VHOST })
  const found = messages.find(({ headers = [] }) => headers.some(([, , value]) => value === 'order-7'))
  expect(found).toMatchObject({
    routingKey: 'orders.eu',
    properties: expect.objectContaining({ content_type: 'application/json' }),
  })
})

import { type ChildProcess, fork } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { createClient } from 'redis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { proveBySql } from '../../src/verbs/rehearse/proof.js'
import { ownPostgres, query } from './postgres-lab.js'
import { type Redis, startRedis } from './redis.js'

const example = (name: string) => fileURLToPath(new URL(`../../examples/idempotent/${name}`, import.meta.url))
const RUNNER = fileURLToPath(new URL('../tools/handle.mjs', import.meta.url))

type Given = { id: string; key: string; value: string }

/** 3,000 payments of 40 customers; what each should have in the end, once each. */
const MESSAGES: Given[] = Array.from({ length: 3000 }, (_, i) => {
  const payment = { customer: `c${i % 40}`, cents: (i % 97) + 1 }
  return { id: `payments/0/${i}`, key: payment.customer, value: JSON.stringify(payment) }
})
const BALANCES: Record<string, number> = {}
for (const { value } of MESSAGES) {
  const { customer, cents } = JSON.parse(value) as { customer: string; cents: number }
  BALANCES[customer] = (BALANCES[customer] ?? 0) + cents
}

/** A process that hands messages to the example's handler, 16 at a time; `killAfter` ends it by kill -9 once that many came back. */
async function handle(file: string, env: NodeJS.ProcessEnv, { killAfter = Infinity } = {}): Promise<number> {
  const child: ChildProcess = fork(RUNNER, [file], { env: { ...process.env, ...env } })
  const ended = new Promise<number | null>(resolve => child.once('exit', resolve))
  let handled = 0
  child.on('message', (word: { handled: number }) => {
    handled = word.handled
    if (handled >= killAfter) child.kill('SIGKILL')
  })
  child.send(MESSAGES)
  const code = await ended
  if (killAfter === Infinity) expect(code).toBe(0)
  return handled
}

/** Cut short three times at different places, then whole, then all of it once more. */
async function again(file: string, env: NodeJS.ProcessEnv): Promise<void> {
  for (const killAfter of [150, 700, 1900]) {
    const handled = await handle(file, env, { killAfter })
    expect(handled).toBeLessThan(MESSAGES.length)
  }
  await handle(file, env)
  await handle(file, env)
}

describe('examples/idempotent on PostgreSQL', () => {
  let url: string
  beforeAll(async () => {
    url = (await ownPostgres()).url
    for (const name of ['postgres.sql', 'postgres-batch.sql']) await query(url, await readFile(example(name), 'utf8'))
  })

  it('credits each payment once, handled twice and with kills in between', async () => {
    await again(example('postgres.mjs'), { DATABASE_URL: url })
    const rows = await query(url, 'SELECT customer, cents::int FROM balances')
    expect(Object.fromEntries(rows.map(({ customer, cents }) => [customer, cents]))).toEqual(BALANCES)
    expect(await query(url, 'SELECT count(*)::int FROM handled_messages')).toEqual([{ count: MESSAGES.length }])
  })

  it('does it once also where two handlers have the same message at the same time', async () => {
    await query(url, 'TRUNCATE handled_messages, balances')
    await Promise.all([1, 2, 3].map(() => handle(example('postgres.mjs'), { DATABASE_URL: url })))
    const [sum] = await query(url, 'SELECT sum(cents)::int FROM balances')
    expect(sum).toEqual({ sum: Object.values(BALANCES).reduce((a, b) => a + b) })
  })

  it('does nothing and marks nothing where the effect fails', async () => {
    await query(url, 'TRUNCATE handled_messages, balances')
    await query(url, "ALTER TABLE balances ADD CONSTRAINT no_c7 CHECK (customer <> 'c7')")
    await expect(handle(example('postgres.mjs'), { DATABASE_URL: url, TELL_FAILURES: '1' })).resolves.toBe(2925)
    expect(await query(url, 'SELECT count(*)::int FROM handled_messages')).toEqual([{ count: 2925 }])
    await query(url, 'ALTER TABLE balances DROP CONSTRAINT no_c7')
    await handle(example('postgres.mjs'), { DATABASE_URL: url })
    const [sum] = await query(url, 'SELECT sum(cents)::int FROM balances')
    expect(sum).toEqual({ sum: Object.values(BALANCES).reduce((a, b) => a + b) })
  })

  it('inserts each order once by the batch, and counts those that came again', async () => {
    await again(example('postgres-batch.mjs'), { DATABASE_URL: url, NUMBERED: '1' })
    const [rows] = await query(url, 'SELECT count(*)::int, count(DISTINCT number)::int AS numbers FROM orders')
    expect(rows).toEqual({ count: MESSAGES.length, numbers: MESSAGES.length })
    const [{ repeats } = {}] = await query(url, 'SELECT sum(messages)::int AS repeats FROM repeats')
    expect(repeats).toBeGreaterThanOrEqual(MESSAGES.length + 1900)
  })
})

describe('the proof of a rehearsal', () => {
  let url: string
  beforeAll(async () => {
    url = (await ownPostgres()).url
    await query(url, await readFile(example('postgres-batch.sql'), 'utf8'))
  })
  const filled = async (numbers: string) => {
    await query(url, 'TRUNCATE orders, repeats')
    const rows = `SELECT row_number() OVER () || '', 'c' || n % 2, n, 1 FROM unnest('{${numbers}}'::int[]) AS n`
    await query(url, `INSERT INTO orders (message_id, customer, number, bytes) ${rows}`)
    return proveBySql(url, 4)
  }

  it('holds where each number is there once, and each customer’s in order', async () => {
    expect((await filled('1,0,2,3')).result).toEqual({ rows: 4, missing: 0, repeats: 0, outOfOrder: 0 })
  })

  it.each([
    ['0,1,3', '3 rows, numbers from 0 to 3, 1 missing, 0 out of order'],
    ['0,1,2,3,3', '5 rows, numbers from 0 to 3, 0 missing, 0 out of order'],
    ['0,1,2,4', '4 rows, numbers from 0 to 4, 0 missing, 0 out of order'],
    ['2,1,0,3', '4 rows, numbers from 0 to 3, 0 missing, 1 out of order'],
  ])('fails on %s', async (numbers, found) => {
    await expect(filled(numbers)).rejects.toMatchObject({
      code: 'rehearsal-mismatch',
      message: expect.stringContaining(found),
    })
  })
})

describe('examples/idempotent on Redis', () => {
  let redis: Redis
  beforeAll(async () => {
    redis = await startRedis()
  })
  afterAll(() => redis?.stop())

  it('credits each payment once, handled twice, with kills of the handler and of the server in between', async () => {
    const env = { REDIS_URL: redis.url }
    await handle(example('redis.mjs'), env, { killAfter: 500 })
    await redis.restart('SIGKILL')
    await again(example('redis.mjs'), env)
    const client = await createClient({ url: redis.url }).connect()
    const balances: Record<string, number> = {}
    for (const customer of Object.keys(BALANCES)) balances[customer] = Number(await client.get(`balance:${customer}`))
    client.destroy()
    expect(balances).toEqual(BALANCES)
  })
})

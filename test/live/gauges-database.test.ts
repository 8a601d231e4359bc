import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { GaugeWatch } from '../../src/control/gauges/watch.js'
import { parseDatabase } from '../../src/core/address/database.js'
import { HoldGate } from '../../src/core/gate.js'
import type { GaugeLimits } from '../../src/core/gauges.js'
import { runMysql } from '../../src/lab/mysql/client.js'
import { openGauges } from '../../src/verbs/replay/gauges.js'
import { fakeIo } from '../unit/commands/fake-io.js'
import { withMysql } from './mysql-lab.js'
import { ownPostgres, query } from './postgres-lab.js'
import { withStandby } from './postgres-standby.js'

const never = new AbortController().signal
let home: string
let url: string
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'gauges-'))
  url = (await ownPostgres({ config: { fsync: 'off' } })).url
  await query(url, 'CREATE TABLE orders (id bigint)')
})
afterAll(async () => rm(home, { recursive: true }))

const target = { waiting: () => Promise.resolve(0n) }

/** What gauges at an address make the run hold for, read once or until that is as it should be. */
async function watching(address: string, limits: GaugeLimits) {
  const gate = new HoldGate()
  const opened = await openGauges(limits, { target, database: parseDatabase(address), io: fakeIo().io })
  const watch = new GaugeWatch(opened.gauges, { gate })
  const look = async () => {
    await watch.look(never)
    return gate
      .holds()
      .map(({ reason }) => reason)
      .sort()
  }
  return {
    look,
    until: (expected: unknown) =>
      vi.waitFor(async () => expect(await look()).toEqual(expected), { timeout: 60_000, interval: 200 }),
    [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
  }
}

describe('the lag of a replica of PostgreSQL', () => {
  it('holds while it spikes, and while nobody can tell', async () => {
    await withStandby({ url }, async standby => {
      await using gauge = await watching(standby.url, { replicaLagMs: 1000 })
      await query(url, 'INSERT INTO orders VALUES (1)')
      await vi.waitFor(async () => expect(await query(standby.url, 'SELECT 1 FROM orders')).toHaveLength(1), {
        timeout: 60_000,
      })
      await gauge.until([])
      await query(standby.url, 'SELECT pg_wal_replay_pause()')
      await query(url, 'INSERT INTO orders VALUES (2)')
      await gauge.until([expect.stringMatching(/^replica lag: .* s is over 1 s$/)])
      await query(standby.url, 'SELECT pg_wal_replay_resume()')
      await gauge.until([])

      await using primary = await watching(url, { replicaLagMs: 60_000 })
      await primary.until([])
      await query(url, "CREATE ROLE plain LOGIN PASSWORD 'plain'")
      const plain = Object.assign(new URL(url), { username: 'plain', password: 'plain' }).href
      await using blind = await watching(plain, { replicaLagMs: 60_000 })
      await blind.until(['replica lag: cannot be read: the user may not see the replicas: GRANT pg_monitor TO it'])

      await standby.kill()
      await gauge.until([expect.stringMatching(/^replica lag: cannot be read: /)])
      await primary.until([expect.stringContaining('the server has no replica')])
    })
  })
})

describe('a load query', () => {
  it('holds while its number is too high, is none, or does not come in time', async () => {
    const asking = (text: string) => watching(url, { query: { text, max: 2 } })
    for (const [text, expected] of [
      ['SELECT 2.0;', []],
      ['SELECT 3', ['load query: 3 is over 2']],
      ["SELECT 'much'", ['load query: cannot be read: the query gives no number, but much']],
      ['SELECT id FROM orders WHERE false', ['load query: cannot be read: the query gives no number, but nothing']],
      ['INSERT INTO orders VALUES (2) RETURNING 1', [expect.stringContaining('read-only transaction')]],
      ['SELECT pg_sleep(60)', [expect.stringContaining('statement timeout')]],
    ] as const) {
      await using gauge = await asking(text)
      expect(await gauge.look(), text).toEqual(expected)
    }
  })
})

describe('the lag of a replica of MariaDB', () => {
  it('cannot be read of a server that is none, nor of one that does not replicate', async () => {
    await withMysql({ home }, async maria => {
      await using gauge = await watching(maria.url, { replicaLagMs: 1000, query: { text: 'SELECT 3.5', max: 3 } })
      expect(await gauge.look()).toEqual([
        'load query: 3.5 is over 3',
        'replica lag: cannot be read: the server is no replica: name one with --gauge-db',
      ])
      await runMysql(maria.url, "CHANGE MASTER TO MASTER_HOST='127.0.0.1', MASTER_PORT=1, MASTER_USER='nobody'")
      await using idle = await watching(maria.url, { replicaLagMs: 1000 })
      expect(await idle.look()).toEqual(['replica lag: cannot be read: replication does not run on this replica'])
    })
  })
})

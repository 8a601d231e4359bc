import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DatabaseReport } from '../../src/lab/database/report.js'
import { startDatabase } from '../../src/lab/database/start.js'
import { readDatabases } from '../../src/lab/database/state.js'
import { POSTGRES } from '../../src/lab/postgres/postgres.js'
import { isRunning, type ProcessMark, startOf } from '../../src/lab/process.js'
import { abandoned, dataFolders } from './data-folders.js'
import { spillway } from './kafka-lab.js'
import { query, withPostgres } from './postgres-lab.js'

let home: string
let before: string[]
const DATA = 'spillway-postgres-'
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'postgres-lab-'))
  before = await dataFolders(DATA)
})
afterAll(() => rm(home, { recursive: true }))

describe('a PostgreSQL of one’s own', () => {
  it('keeps what was committed through kill -9 and a stop in good order, and leaves no process behind', async () => {
    const pids: number[] = []
    await withPostgres({ home }, async lab => {
      pids.push(lab.pid)
      await query(lab.url, 'CREATE TABLE kept (id int PRIMARY KEY)')
      await query(lab.url, 'INSERT INTO kept VALUES (1)')
      await lab.kill()
      expect(startOf(pids[0] ?? 0)).toBeUndefined()
      await lab.restart()
      pids.push(lab.pid)
      await query(lab.url, 'INSERT INTO kept VALUES (2)')
      await lab.restart()
      pids.push(lab.pid)
      expect(await query(lab.url, 'SELECT id FROM kept ORDER BY id')).toEqual([{ id: 1 }, { id: 2 }])
    })
    expect(new Set(pids).size).toBe(3)
    expect(pids.map(startOf)).toEqual([undefined, undefined, undefined])
    expect(await readDatabases(POSTGRES, home)).toEqual([])
  })

  it('lets nobody in without the password, which stands in no log and no state, and writes through by default', async () => {
    await withPostgres({ home }, async lab => {
      const password = new URL(lab.url).password
      const wrong = lab.url.replace(password, 'wrong')
      await expect(query(wrong, 'SELECT 1')).rejects.toThrow('password authentication failed')
      const texts = await Promise.all(
        ['postgres.log', 'state.json'].map(name => readFile(join(lab.folder, name), 'utf8')),
      )
      expect(texts.join('')).not.toContain(password)
      expect((await stat(lab.passwordFile)).mode & 0o777).toBe(0o600)
      expect(await query(lab.url, 'SHOW fsync')).toEqual([{ fsync: 'on' }])
      expect(await query(lab.url, 'SHOW listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }])
      expect(await query(lab.url, 'SHOW unix_socket_directories')).toEqual([{ unix_socket_directories: '' }])
    })
  })
})

describe('a PostgreSQL that cannot start', () => {
  it('tells the end of its log about a setting that it does not take, and leaves nothing behind', async () => {
    const start = startDatabase(POSTGRES, { name: 'odd', home, config: { fsyncc: 'off' }, source: 'machine' })
    await expect(start).rejects.toMatchObject({
      exitCode: 2,
      message: 'The PostgreSQL of the lab odd ended while it started',
      details: [expect.objectContaining({ message: expect.stringContaining('fsyncc') })],
    })
    expect(await readDatabases(POSTGRES, home)).toEqual([])
  })

  it('tells of a port that is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await new Promise(resolve => other.once('listening', resolve))
    const { port } = other.address() as { port: number }
    await expect(startDatabase(POSTGRES, { name: 'taken', home, port, source: 'machine' })).rejects.toMatchObject({
      details: expect.arrayContaining([
        expect.objectContaining({ message: expect.stringContaining('Address already in use') }),
      ]),
    })
    other.close()
  })

  it('gives up a start that is stopped, and leaves no server behind', async () => {
    const stop = new AbortController()
    let mark: ProcessMark | undefined
    const start = startDatabase(POSTGRES, { name: 'stopped', home, source: 'machine', stop: stop.signal })
    const outcome = expect(start).rejects.toThrow('enough')
    stop.abort(new Error('enough'))
    await expect
      .poll(
        async () => {
          mark = (await readDatabases(POSTGRES, home))[0]?.process ?? mark
          return mark
        },
        { interval: 5, timeout: 30_000 },
      )
      .toBeDefined()
    await outcome
    expect(mark && isRunning(mark)).toBe(false)
    expect(await readDatabases(POSTGRES, home)).toEqual([])
  })
})

describe('spillway lab', () => {
  const env = () => ({ SPILLWAY_LAB: home, DOCKER_HOST: 'tcp://127.0.0.1:1' })
  const lab = (...args: string[]) => spillway(['lab', ...args, '--output', 'json'], { env: env() })

  it('starts a PostgreSQL, starts it again when it was killed, and takes it down', async () => {
    const up = await lab('up', 'postgres')
    expect(up.code, up.stderr).toBe(0)
    const { postgres } = JSON.parse(up.stdout) as { postgres: DatabaseReport }
    expect(postgres).toMatchObject({ source: 'machine', ready: true })
    const [, password = ''] = /:([^:]+)\n$/.exec(await readFile(postgres.passwordFile ?? '', 'utf8')) ?? []
    expect(password.length).toBeGreaterThan(20)
    expect(up.stdout + up.stderr).not.toContain(password)
    await query(postgres.address.replace('@', `:${password}@`), 'CREATE TABLE kept AS SELECT 7 AS id')

    const again = await lab('up', 'postgres')
    expect(again.stderr).toContain('running already')
    expect(JSON.parse(again.stdout)).toEqual({ name: 'lab', postgres })
    process.kill(postgres.pid ?? 0, 'SIGKILL')
    await expect.poll(() => startOf(postgres.pid ?? 0)).toBeUndefined()
    expect(JSON.parse((await lab('status')).stdout)).toMatchObject([{ postgres: { ready: false } }])
    const revived = JSON.parse((await lab('up', 'postgres')).stdout) as { postgres: DatabaseReport }
    expect(revived.postgres).toMatchObject({ address: postgres.address, ready: true })
    const rows = await query(postgres.address.replace('@', `:${password}@`), 'SELECT id FROM kept')
    expect(rows).toEqual([{ id: 7 }])

    expect(JSON.parse((await lab('down')).stdout)).toEqual({ stopped: ['lab'], left: [] })
    expect(JSON.parse((await lab('status')).stdout)).toEqual([])
  })

  it('lets psql and drivers in by the password file that it prints', async () => {
    await withPostgres({ home }, async ({ address, passwordFile }) => {
      const before = process.env.PGPASSFILE
      process.env.PGPASSFILE = passwordFile
      try {
        expect(await query(address, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
      } finally {
        if (before === undefined) delete process.env.PGPASSFILE
        else process.env.PGPASSFILE = before
      }
    })
  })

  it('takes the PostgreSQL of the environment as the lab, and says so when it does not let us in', async () => {
    await withPostgres({ home }, async ({ url }) => {
      const password = new URL(url).password
      const up = (SPILLWAY_POSTGRES_URL: string) =>
        spillway(['lab', 'up', 'postgres', '--output', 'json'], { env: { ...env(), SPILLWAY_POSTGRES_URL } })
      const given = await up(url)
      expect(JSON.parse(given.stdout)).toMatchObject({
        name: 'given',
        postgres: { source: 'environment', ready: true },
      })
      expect(given.stdout + given.stderr).not.toContain(password)
      const wrong = await up(url.replace(password, 'hunter2'))
      expect(wrong).toMatchObject({ code: 2 })
      expect(wrong.stderr).toContain('SPILLWAY_POSTGRES_URL')
      expect(wrong.stderr).not.toContain('hunter2')
    })
  })
})

it('is an ordinary PostgreSQL to a driver', async () => {
  await withPostgres({ home, config: { fsync: 'off' } }, async ({ url, version }) => {
    const client = new Client({ connectionString: url })
    await client.connect()
    const { rows } = await client.query("SELECT current_setting('server_version') AS version")
    expect(rows[0].version).toContain(version)
    await client.end()
  })
})

it('has left no data of a server behind', async () => {
  await expect.poll(() => abandoned(DATA, before), { timeout: 60_000 }).toEqual([])
})

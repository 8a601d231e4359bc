import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DatabaseReport } from '../../src/lab/database/report.js'
import { startDatabase } from '../../src/lab/database/start.js'
import { readDatabases } from '../../src/lab/database/state.js'
import { runMysql } from '../../src/lab/mysql/client.js'
import { MYSQL } from '../../src/lab/mysql/mysql.js'
import { startOf } from '../../src/lab/process.js'
import { abandoned, dataFolders } from './data-folders.js'
import { spillway } from './kafka-lab.js'
import { withMysql } from './mysql-lab.js'

let home: string
let before: string[]
const DATA = 'spillway-mysql-'
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'mysql-lab-'))
  before = await dataFolders(DATA)
})
afterAll(() => rm(home, { recursive: true }))

describe('a MariaDB of one’s own', () => {
  it('keeps what was committed through kill -9 and a stop in good order, and leaves no process behind', async () => {
    const pids: number[] = []
    await withMysql({ home }, async lab => {
      pids.push(lab.pid)
      await runMysql(lab.url, 'CREATE TABLE kept (id int PRIMARY KEY)', 'INSERT INTO kept VALUES (1)')
      await lab.kill()
      expect(startOf(pids[0] ?? 0)).toBeUndefined()
      await lab.restart()
      pids.push(lab.pid)
      await runMysql(lab.url, 'INSERT INTO kept VALUES (2)')
      await lab.restart()
      pids.push(lab.pid)
      expect(await runMysql(lab.url, 'SELECT id FROM kept ORDER BY id')).toEqual([{ id: 1 }, { id: 2 }])
    })
    expect(new Set(pids).size).toBe(3)
    expect(pids.map(startOf)).toEqual([undefined, undefined, undefined])
    expect(await readDatabases(MYSQL, home)).toEqual([])
  })

  it('lets nobody in without the password, which stands in no log and no state', async () => {
    await withMysql({ home }, async lab => {
      const { password } = new URL(lab.url)
      await expect(runMysql(lab.url.replace(password, 'wrong'), 'SELECT 1')).rejects.toThrow('Access denied')
      const files = ['mysql.log', 'state.json'].map(name => readFile(join(lab.folder, name), 'utf8'))
      expect((await Promise.all(files)).join('')).not.toContain(password)
      expect((await stat(lab.passwordFile)).mode & 0o777).toBe(0o600)
      expect(await runMysql(lab.url, 'SELECT @@bind_address AS at')).toEqual([{ at: '127.0.0.1' }])
    })
  })
})

it('tells the end of its log about a setting that it does not take, and leaves nothing behind', async () => {
  const start = startDatabase(MYSQL, { name: 'odd', home, config: { innodb_odd: '1' }, source: 'machine' })
  await expect(start).rejects.toMatchObject({
    exitCode: 2,
    message: 'The MariaDB of the lab odd ended while it started',
    details: expect.arrayContaining([expect.objectContaining({ message: expect.stringMatching(/innodb.odd/) })]),
  })
  expect(await readDatabases(MYSQL, home)).toEqual([])
})

it('starts by `lab up`, starts again when it was killed, and is taken down; the environment’s is taken as it is', async () => {
  const env = { SPILLWAY_LAB: home, DOCKER_HOST: 'tcp://127.0.0.1:1' }
  const lab = (args: string[], more = {}) =>
    spillway(['lab', ...args, '--output', 'json'], { env: { ...env, ...more } })
  const up = await lab(['up', 'mysql'])
  expect(up.code, up.stderr).toBe(0)
  const { mysql } = JSON.parse(up.stdout) as { mysql: DatabaseReport }
  expect(mysql).toMatchObject({ source: 'machine', ready: true })
  const [, password = ''] = /^password=(.*)$/m.exec(await readFile(mysql.passwordFile ?? '', 'utf8')) ?? []
  const url = mysql.address.replace('@', `:${password}@`)
  await runMysql(url, 'CREATE TABLE kept AS SELECT 7 AS id')
  process.kill(mysql.pid ?? 0, 'SIGKILL')
  await expect.poll(() => startOf(mysql.pid ?? 0)).toBeUndefined()
  expect(JSON.parse((await lab(['status'])).stdout)).toMatchObject([{ mysql: { ready: false } }])
  const revived = JSON.parse((await lab(['up', 'mysql'])).stdout) as { mysql: DatabaseReport }
  expect(revived.mysql).toMatchObject({ address: mysql.address, ready: true })
  expect(await runMysql(url, 'SELECT id FROM kept')).toEqual([{ id: 7 }])

  const given = await lab(['up', 'mysql'], { SPILLWAY_MYSQL_URL: url })
  expect(JSON.parse(given.stdout)).toMatchObject({ name: 'given', mysql: { source: 'environment', ready: true } })
  expect(given.stdout + given.stderr).not.toContain(password)
  const wrong = await lab(['up', 'mysql'], { SPILLWAY_MYSQL_URL: url.replace(password, 'hunter2') })
  expect(wrong).toMatchObject({ code: 2 })
  expect(wrong.stderr).toContain('SPILLWAY_MYSQL_URL')
  expect(wrong.stderr).not.toContain('hunter2')
  expect(JSON.parse((await lab(['down'])).stdout)).toEqual({ stopped: ['lab'], left: [] })
})

it('has left no data of a server behind', async () => {
  await expect.poll(() => abandoned(DATA, before), { timeout: 60_000 }).toEqual([])
})

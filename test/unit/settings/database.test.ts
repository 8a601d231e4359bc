import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseRowsOrName } from '../../../src/core/address/rows.js'
import { type DatabaseOrName, databaseOptions } from '../../../src/settings/database.js'
import { fakeIo } from '../commands/fake-io.js'

const YAML = `clusters:
  shop: { url: "postgres://reader:\${SHOP}@h1,h2/shop", tls: { servername: db } }
  plain: { url: "mysql://h/shop" }
  queue: { url: "amqp://h" }
  odd: { url: "mysql://h/shop", management: "http://h" }
  wrong: { url: "postgres://h/shop?ssl=1" }
`

let folder: string
let config: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'database-settings-'))
  config = join(folder, 'spillway.yaml')
  await writeFile(config, YAML)
})
afterAll(async () => rm(folder, { recursive: true }))

const options = (text: string, env: Record<string, string>) => {
  const { io } = fakeIo()
  return databaseOptions(parseRowsOrName(text) as DatabaseOrName, { io: { ...io, env }, config })
}

describe('a database', () => {
  it('has its password from the address, else from its own variable, else from SPILLWAY_PASSWORD', async () => {
    const env = { PGPASSWORD: 'pg', MYSQL_PWD: 'my', SPILLWAY_PASSWORD: 'ours', USER: 'me' }
    expect((await options('postgres://u:p@h/d', env)).credentials).toEqual({ username: 'u', password: 'p' })
    expect((await options('postgres://h/d', env)).credentials).toEqual({ username: 'me', password: 'pg' })
    expect((await options('mysql://u@h/d', env)).credentials).toEqual({ username: 'u', password: 'my' })
    const { SPILLWAY_PASSWORD } = env
    expect((await options('mysql://u@h/d', { SPILLWAY_PASSWORD })).credentials.password).toBe('ours')
  })

  it('is known by its name in the settings', async () => {
    expect(await options('shop', { SHOP: 'secret' })).toMatchObject({
      address: { kind: 'postgres', host: 'h1', others: [{ host: 'h2' }], database: 'shop' },
      credentials: { username: 'reader', password: 'secret' },
      tls: { servername: 'db' },
    })
    expect((await options('plain', { MYSQL_PWD: 'my', USER: 'me' })).credentials).toEqual({
      username: 'me',
      password: 'my',
    })
  })

  it.each([
    ['shop', 'SHOP is not set'],
    ['queue', 'is no database'],
    ['odd', 'has no management'],
    ['wrong', 'Unknown part "ssl"'],
    ['nowhere', 'There is no cluster "nowhere"'],
  ])('%s is refused', (name, message) => expect(options(name, {})).rejects.toThrow(message))
})

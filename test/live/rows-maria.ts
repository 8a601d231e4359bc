import { join } from 'node:path'
import { createConnection } from 'mysql2/promise'
import { expect } from 'vitest'
import { ASKED, open } from './rows-harness.js'

/** One that writes is waited for, one that only reads is not. */
export async function openMariaTransaction(url: string): Promise<void> {
  const client = await createConnection(url)
  try {
    await using rows = await open(url)
    const end = Date.now() + 60_000
    await client.query('BEGIN')
    await client.query('SELECT * FROM orders')
    expect(await rows.unsettled?.({ end, graceMs: 0 })).toBeUndefined()
    await client.query("INSERT INTO orders VALUES (9, '2026-01-31 23:59')")
    const said = /^1 transaction that began before .* of thread \d+, open since 20/
    expect(await rows.unsettled?.({ end, graceMs: 0 })).toMatch(said)
    expect(await rows.unsettled?.({ end: Date.now() - 3_600_000, graceMs: 0 })).toBeUndefined()
    await client.query('ROLLBACK')
    expect(await rows.unsettled?.({ end, graceMs: 0 })).toBeUndefined()
  } finally {
    await client.end()
  }
}

/** As the mysql client does it, but for a number, which no certificate is looked at for. */
export async function securedMaria(url: string, home: string): Promise<void> {
  const cipher = "SELECT variable_value FROM information_schema.session_status WHERE variable_name = 'SSL_CIPHER'"
  const cipherOf = async (to: string) => {
    await using rows = await open(to)
    const { columns, rows: some } = await rows.page(
      { ...ASKED, of: { query: `SELECT o.*, (${cipher}) AS tls FROM orders o` } },
      undefined,
      1,
    )
    return some[0]?.values[columns.findIndex(({ name }) => name === 'tls')]
  }
  const ca = (folder: string) => `&ssl-ca=${encodeURIComponent(join(home, folder, 'ca.pem'))}`
  expect(await cipherOf(url)).toMatch(/^\w/)
  expect(await cipherOf(`${url}?ssl-mode=DISABLED`)).toBe('')
  expect(await cipherOf(`${url}?ssl-mode=VERIFY_CA${ca('maria')}`)).toMatch(/^\w/)
  const named = url.replace('127.0.0.1', 'localhost')
  expect(await cipherOf(`${named}?ssl-mode=VERIFY_IDENTITY${ca('maria')}`)).toMatch(/^\w/)
  await expect(cipherOf(`${named}?ssl-mode=VERIFY_IDENTITY${ca('tls')}`)).rejects.toThrow()
  await expect(cipherOf(`${url}?ssl-mode=VERIFY_IDENTITY${ca('maria')}`)).rejects.toMatchObject({ code: 'tls' })
}

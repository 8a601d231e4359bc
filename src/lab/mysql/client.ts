import { createConnection } from 'mysql2/promise'

const PATIENCE_MS = 2000

/**
 * Logs in and runs one query. Resolves with the server's version, such as 10.11.14; rejects with what went wrong, also after
 * `milliseconds` without an answer. Without a password in `url` the client takes MYSQL_PWD.
 */
export async function askVersion(url: string, milliseconds = PATIENCE_MS): Promise<string> {
  const client = await connect(url, milliseconds)
  try {
    const [rows] = await client.query({ sql: 'SELECT VERSION() AS version', timeout: milliseconds })
    const [first] = rows as { version: string }[]
    return first?.version.split('-')[0] ?? ''
  } finally {
    client.destroy()
  }
}

/** Runs statements one after the other over a connection of its own; resolves with the rows of the last one. */
export async function runMysql(url: string, ...texts: string[]): Promise<Readonly<Record<string, unknown>>[]> {
  const client = await connect(url, PATIENCE_MS)
  try {
    let rows: unknown = []
    for (const text of texts) [rows] = await client.query(text)
    return Array.isArray(rows) ? (rows as Readonly<Record<string, unknown>>[]) : []
  } finally {
    await client.end()
  }
}

async function connect(url: string, milliseconds: number) {
  const { hostname, port, username, password, pathname } = new URL(url)
  const client = await createConnection({
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port || 3306),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password) || (process.env.MYSQL_PWD ?? ''),
    database: decodeURIComponent(pathname.slice(1)),
    connectTimeout: milliseconds,
  })
  // A server that goes away ends the query too, which is what the caller sees.
  client.on('error', () => undefined)
  return client
}

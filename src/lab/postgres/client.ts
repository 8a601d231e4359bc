import { Client } from 'pg'

const PATIENCE_MS = 2000

/**
 * Logs in and runs one query. Resolves with the server's version, such as 15.18; rejects with what went wrong, also after
 * `milliseconds` without an answer. Without a password in `url` the client takes PGPASSWORD or PGPASSFILE.
 */
export async function askVersion(url: string, milliseconds = PATIENCE_MS): Promise<string> {
  const client = new Client({
    connectionString: url,
    connectionTimeoutMillis: milliseconds,
    query_timeout: milliseconds,
    application_name: 'spillway lab',
  })
  // A server that goes away ends the query too, which is what the caller sees.
  client.on('error', () => undefined)
  try {
    await client.connect()
    const { rows } = await client.query<{ version: string }>("SELECT 1, current_setting('server_version') AS version")
    return rows[0]?.version.split(' ')[0] ?? ''
  } finally {
    await client.end()
  }
}

/** Runs one statement, or several without values, over a connection of its own; resolves with the rows of the last one. */
export async function runSql(url: string, text: string): Promise<Readonly<Record<string, unknown>>[]> {
  const client = new Client({ connectionString: url, application_name: 'spillway' })
  client.on('error', () => undefined)
  try {
    await client.connect()
    // Several statements give an array of results.
    const results = [await client.query<Record<string, unknown>>(text)].flat()
    return results.at(-1)?.rows ?? []
  } finally {
    await client.end()
  }
}

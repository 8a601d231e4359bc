import type { GaugeSession } from './gauge.js'
import type { DatabaseOptions } from './options.js'
import { AS_TEXT, connected } from './postgres-session.js'

/** What a gauge asks may take so long. Milliseconds. */
const STATEMENT_MS = 4000

/** Opens a session that gauges ask. Throws what the client throws. */
export async function openPostgresGauge(options: DatabaseOptions): Promise<GaugeSession> {
  const client = await connected(options)
  await client.query(`SET statement_timeout = ${STATEMENT_MS}`)
  await client.query("SET application_name = 'spillway gauge'")
  return {
    async ask(text) {
      const { rows } = await client.query({ text, types: AS_TEXT })
      return rows[0] as Readonly<Record<string, string | null>> | undefined
    },
    // What has failed already fails again when it says goodbye; the socket is closed either way.
    close: () => client.end().catch(() => undefined),
  }
}

import type { GaugeSession } from './gauge.js'
import { connected } from './mysql-session.js'
import type { DatabaseOptions } from './options.js'

/** Opens a session that gauges ask. Throws what the client throws. */
export async function openMysqlGauge(options: DatabaseOptions): Promise<GaugeSession> {
  const client = await connected(options)
  return {
    async ask(text) {
      const [rows] = await client.query(text)
      const [row] = rows as Readonly<Record<string, unknown>>[]
      return row && Object.fromEntries(Object.entries(row).map(([name, value]) => [name, textOf(value)]))
    },
    close: async () => client.destroy(),
  }
}

const textOf = (value: unknown): string | null => (value === null || value === undefined ? null : String(value))

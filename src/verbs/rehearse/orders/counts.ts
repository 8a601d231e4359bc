import { formatCount } from '../../../core/quantity.js'
import { runSql } from '../../../lab/postgres/client.js'
import { table } from '../../../report/layout.js'
import type { Done } from '../stage.js'
import type { Scene } from './scene.js'

const QUERY = `SELECT (SELECT count(*) FROM orders) AS orders,
  (SELECT count(*) FROM orders WHERE id IN (SELECT order_id FROM processed)) AS handled,
  (SELECT coalesce(sum(deliveries), 0) FROM processed) AS deliveries`

/** The question that proves a scenario, as a step shows it. */
export const COUNTS_COMMAND = `psql -c "${QUERY}"`

/** What the database says of the consumers' work. */
export type Counts = {
  readonly orders: number
  /** Different orders that were handled. */
  readonly handled: number
  /** How often an order was handled, in all. */
  readonly deliveries: number
}

/** Asks the database, as a step of its own. */
export async function showCounts(scene: Pick<Scene, 'url'>): Promise<Done<Counts>> {
  const counts = await countOrders(scene)
  const cells = Object.entries(counts).map(([name, value]) => [name, formatCount(value)])
  const lines = table([cells.map(([name = '']) => name), cells.map(([, value = '']) => value)], [])
  return { text: `${lines.join('\n')}\n`, result: counts }
}

/** Asks the database. */
export async function countOrders({ url }: Pick<Scene, 'url'>): Promise<Counts> {
  const [row = {}] = await runSql(url, QUERY)
  return { orders: Number(row.orders), handled: Number(row.handled), deliveries: Number(row.deliveries) }
}

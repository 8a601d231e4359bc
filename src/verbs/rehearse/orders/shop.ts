import type { RabbitLink } from '../../../brokers/rabbitmq/link.js'
import { publishAll } from '../../../brokers/rabbitmq/practise/publisher.js'
import { runSql } from '../../../lab/postgres/client.js'
import type { Day, Scene } from './scene.js'

/** An order as the shop publishes it: the row as JSON, as consumers expect it. */
export type Order = { readonly id: string; readonly number: number; readonly json: string }

/** Orders that are written and published in one go. */
const BATCH = 500

/** The tables of the shop and of its consumers. */
export const ORDER_TABLES = `CREATE TABLE orders (id bigint PRIMARY KEY, created_at timestamptz NOT NULL, customer text NOT NULL, amount numeric(10, 2) NOT NULL);
CREATE INDEX ON orders (created_at, id);
CREATE TABLE processed (order_id bigint PRIMARY KEY, deliveries integer NOT NULL, handled_at timestamptz NOT NULL DEFAULT now());`

/** Writes orders into the database, then publishes each, as an application does. Resolves with those that the broker refused. */
export async function sell(
  { url, queue }: Pick<Scene, 'url' | 'queue'>,
  link: RabbitLink,
  orders: readonly Order[],
): Promise<readonly Order[]> {
  const refused: Order[] = []
  for (let at = 0; at < orders.length; at += BATCH) {
    const batch = orders.slice(at, at + BATCH)
    await runSql(url, insertOf(batch))
    refused.push(...(await publishAll(link, queue, batch)))
  }
  return refused
}

/** Orders from one id up to, and without, another. */
export const ordersOf = (day: Day, from: number, to: number): readonly Order[] =>
  Array.from({ length: to - from }, (_, at) => orderOf(day, from + at))

const CUSTOMERS = 997

function orderOf(day: Day, number: number): Order {
  const fields = {
    id: number,
    created_at: day.timeOf(number).toISOString(),
    customer: `customer-${number % CUSTOMERS}`,
    amount: `${(number * 37) % 500}.${String(number % 100).padStart(2, '0')}`,
  }
  return { id: `order-${number}`, number, json: JSON.stringify(fields) }
}

/** Numbers and our own words alone stand in it, so nothing needs to be quoted. */
const insertOf = (orders: readonly Order[]): string =>
  `INSERT INTO orders SELECT * FROM json_to_recordset('[${orders.map(({ json }) => json).join(',')}]')
   AS o(id bigint, created_at timestamptz, customer text, amount numeric) ON CONFLICT (id) DO NOTHING`

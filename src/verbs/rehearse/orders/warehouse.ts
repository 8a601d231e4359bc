import { setTimeout as sleep } from 'node:timers/promises'
import { Consumer } from '../../../brokers/rabbitmq/practise/consumer.js'
import { RunError } from '../../../errors.js'
import { runSql } from '../../../lab/postgres/client.js'
import type { Scene } from './scene.js'

const POLL_MS = 100
/** Without one more order for so long the consumers will not get there. Milliseconds. */
const STALLED_MS = 60_000

/** The consumers of the orders: each delivery is counted in `processed`, under a unique key, before it is acked. */
export const openWarehouse = ({ settings, queue, url }: Scene, signal: AbortSignal): Promise<Consumer> =>
  Consumer.start({ settings, queue, handle: bodies => record(url, bodies) }, signal)

async function record(url: string, bodies: readonly Buffer[]): Promise<void> {
  const ids = bodies.map(body => Number((JSON.parse(body.toString()) as { id: number }).id))
  await runSql(
    url,
    `INSERT INTO processed AS p (order_id, deliveries) SELECT id, count(*) FROM unnest('{${ids.join(',')}}'::bigint[]) AS id GROUP BY id
     ON CONFLICT (order_id) DO UPDATE SET deliveries = p.deliveries + EXCLUDED.deliveries`,
  )
}

/** Waits until the consumers have handled so many orders. Throws what ended them, RunError where nothing comes any more, the signal's reason. */
export async function untilHandled(
  { url, orders }: { readonly url: string; readonly orders: number },
  consumer: Consumer,
  signal: AbortSignal,
): Promise<void> {
  let [most, since] = [-1, performance.now()]
  for (;;) {
    consumer.assertWell()
    const [row] = await runSql(url, 'SELECT count(*) AS handled FROM processed')
    const handled = Number(row?.handled)
    if (handled >= orders) return
    if (handled > most) [most, since] = [handled, performance.now()]
    if (performance.now() - since > STALLED_MS) throw stalled(handled, orders)
    signal.throwIfAborted()
    await sleep(POLL_MS)
  }
}

const stalled = (handled: number, orders: number): RunError =>
  new RunError(`The consumers have handled ${handled} of ${orders} orders, and get no more`, {
    code: 'rehearsal-mismatch',
    hint: 'Run it again with --keep, and see where the others are.',
  })

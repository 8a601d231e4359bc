import { setTimeout as sleep } from 'node:timers/promises'
import { passiveDeclare } from '../../../brokers/rabbitmq/admin/passive-declare.js'
import type { RabbitLink } from '../../../brokers/rabbitmq/link.js'
import type { Consumer } from '../../../brokers/rabbitmq/practise/consumer.js'
import { makeQueue } from '../../../brokers/rabbitmq/practise/make-queue.js'
import { formatCount } from '../../../core/quantity.js'
import { RunError } from '../../../errors.js'
import type { Done, Stage } from '../stage.js'
import type { Day, Scene } from './scene.js'
import { type Order, ordersOf, sell } from './shop.js'
import { openWarehouse, untilHandled } from './warehouse.js'

const TTL_MS = 3000
/** A queue lets go of what has expired at its head when it is due; a busy machine may be late. Milliseconds. */
const EXPIRY_MS = 120_000

/** One part of the day: half-hours of it, and whether somebody reads the queue meanwhile. */
type Part = { readonly from: number; readonly to: number; readonly read: boolean; readonly title: string }

const PARTS: readonly Part[] = [
  { from: 0, to: 6, read: true, title: '08:00 to 11:00: orders come, and are handled' },
  { from: 6, to: 7, read: false, title: '11:00 to 11:30: the consumers are down, orders still come' },
  { from: 7, to: 15, read: true, title: '11:30 to 15:30: the consumers are back' },
  { from: 15, to: 16, read: false, title: '15:30 to 16:00: they are down again' },
  { from: 16, to: 20, read: true, title: '16:00 to 18:00: they are back, and stay' },
]

/** A day that is played, and what has come of it. */
export type Played = {
  readonly scene: Scene
  readonly stage: Stage
  readonly link: RabbitLink
  readonly day: Day
  /** Orders that nobody took before their time was over. */
  readonly expired: Set<number>
  /** At work now. */
  consumer?: Consumer | undefined
  handled: number
}

/** Plays the day: nine in ten orders are handled, one in ten expires. Throws what its parts throw. */
export async function playDay(played: Played): Promise<void> {
  const { scene, stage } = played
  const declare = `rabbitmqadmin declare queue name=${scene.queue} arguments='{"x-message-ttl": ${TTL_MS}}'`
  await stage.own(`A queue whose messages live for ${TTL_MS / 1000} s`, declare, () => withTtl(played))
  for (const part of PARTS) await stage.own(part.title, commandOf(part, scene), () => pass(part, played))
}

async function withTtl({ link, scene: { queue } }: Played): Promise<Done> {
  await makeQueue(link, queue, { 'x-message-ttl': TTL_MS })
  return {
    text: `queue ${queue} is there; what expires in it is gone: it dead-letters nowhere\n`,
    result: { queue, ttlMs: TTL_MS },
  }
}

const commandOf = ({ read }: Part, { queue }: Scene): string =>
  `(stand-in for your shop${read ? ' and its consumers' : ''}: PostgreSQL, amqplib, queue ${queue})`

async function pass(part: Part, played: Played): Promise<Done> {
  const { day } = played
  const orders = ordersOf(day, day.firstOf(part.from), day.firstOf(part.to))
  return part.read ? handled(orders, played) : expired(orders, played)
}

async function handled(orders: readonly Order[], played: Played): Promise<Done> {
  const { scene, link, stage } = played
  played.consumer ??= await openWarehouse(scene, stage.io.soft)
  await sell(scene, link, orders)
  played.handled += orders.length
  await untilHandled({ url: scene.url, orders: played.handled }, played.consumer, stage.io.soft)
  const count = formatCount(orders.length)
  const text = `${count} orders written and published, ${count} handled\n`
  return { text, result: { published: orders.length, handled: orders.length } }
}

async function expired(orders: readonly Order[], played: Played): Promise<Done> {
  const { scene, link } = played
  await played.consumer?.stop()
  played.consumer = undefined
  await sell(scene, link, orders)
  for (const { number } of orders) played.expired.add(number)
  const { seconds, found } = await untilExpired(played)
  const text = `${formatCount(orders.length)} orders written and published; ${formatCount(found)} in the queue, 0 consumers
${seconds} s later 0 in the queue: they have expired, and nobody has seen them
`
  return { text, result: { published: orders.length, expired: orders.length } }
}

/** Waits until the broker has let go of all that is in the queue; nobody reads it. */
async function untilExpired({ link, scene: { queue }, stage }: Played): Promise<{ seconds: number; found: number }> {
  const began = performance.now()
  const passed = () => performance.now() - began
  const { messages: found } = await passiveDeclare(link, queue)
  for (;;) {
    const { messages } = await passiveDeclare(link, queue)
    if (messages === 0) return { seconds: Math.round(passed() / 100) / 10, found }
    if (passed() > EXPIRY_MS)
      throw new RunError(`${messages} messages are in ${queue} still, ${EXPIRY_MS / 1000} s after their time was over`)
    stage.io.soft.throwIfAborted()
    await sleep(100)
  }
}

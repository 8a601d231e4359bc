import { join } from 'node:path'
import { connect, type RabbitLink } from '../../../brokers/rabbitmq/link.js'
import type { Consumer } from '../../../brokers/rabbitmq/practise/consumer.js'
import { makeQueue } from '../../../brokers/rabbitmq/practise/make-queue.js'
import { formatCount } from '../../../core/quantity.js'
import { RunError } from '../../../errors.js'
import type { Done, Stage } from '../stage.js'
import { COUNTS_COMMAND, countOrders, showCounts } from './counts.js'
import { ledgerOf, type RunLedger } from './ledger-of.js'
import { proofTable } from './proof-table.js'
import { dayBefore, HOUR_MS, type Outcome, type Scene } from './scene.js'
import { type Order, ordersOf, sell } from './shop.js'
import { openWarehouse, untilHandled } from './warehouse.js'

/** How much of the day's orders the queue takes. */
const LIMIT_SHARE = 0.8
/** Orders that the shop offers at once. */
const OFFER = 500

type Played = {
  readonly scene: Scene
  readonly stage: Stage
  readonly link: RabbitLink
  /** Orders that the shop has yet to publish. */
  open: readonly Order[]
  consumer?: Consumer | undefined
}

/** A queue fills to its limit; all of it is let go into an archive so that the shop goes on, and comes back at night. */
export async function playFull(scene: Scene, stage: Stage): Promise<Outcome> {
  await using link = await connect(scene.settings, 'rehearse', stage.io.soft)
  const day = dayBefore(stage.io.now(), scene.records)
  const played: Played = { scene, stage, link, open: ordersOf(day, 1, scene.records + 1) }
  try {
    const queued = await fill(played)
    const discard = await letGo(played)
    const late = await goOn(played)
    const replay = await bringBack(played, discard.run)
    return await prove(played, { queued, late, discard, replay })
  } finally {
    await played.consumer?.[Symbol.asyncDispose]()
  }
}

/** Fills the queue to its limit; resolves with how many orders it took. */
async function fill(played: Played): Promise<number> {
  const { scene, stage, link } = played
  const limit = Math.floor(scene.records * LIMIT_SHARE)
  const args = { 'x-max-length': limit, 'x-overflow': 'reject-publish' }
  const declare = `rabbitmqadmin declare queue name=${scene.queue} arguments='${JSON.stringify(args)}'`
  await stage.own(`A queue for ${formatCount(limit)} messages`, declare, async () => {
    await makeQueue(link, scene.queue, args)
    return { text: `queue ${scene.queue} is there; once it is full it refuses what comes\n`, result: args }
  })
  const title = 'The consumers are down, orders come until the queue is full'
  const { taken } = await stage.own(title, shopCommand(scene), () => offerUntilFull(played))
  return taken
}

const shopCommand = ({ queue }: Scene): string => `(stand-in for your shop: PostgreSQL, amqplib, queue ${queue})`

async function offerUntilFull(played: Played): Promise<Done<{ taken: number; refused: number; open: number }>> {
  const { scene, link, stage } = played
  let taken = 0
  while (played.open.length > 0) {
    const offered = played.open.slice(0, OFFER)
    const refused = await sell(scene, link, offered)
    played.open = [...refused, ...played.open.slice(OFFER)]
    taken += offered.length - refused.length
    stage.io.soft.throwIfAborted()
    if (refused.length === 0) continue
    const text = `${formatCount(taken)} orders are in the queue; the broker refuses the next ${refused.length} (basic.nack)
the shop stands still: ${formatCount(played.open.length)} orders of the day cannot go on
`
    return { text, result: { taken, refused: refused.length, open: played.open.length } }
  }
  throw new RunError(`The queue took all ${taken} orders, and should have been full`)
}

/** All that is in the queue goes into an archive. */
async function letGo({ scene, stage }: Played): Promise<RunLedger> {
  const { env, home, target, every, queue } = scene
  const discard = ['discard', target, '--all', '--archive', join(home, 'archive'), ...every]
  await stage.short('Discard: the plan, nothing changes yet', discard, { env, lines: 11 })
  const go = [...discard, '--confirm', queue, '--execute', '--yes']
  await stage.short('Discard: let all of it go, into the archive first', go, { env, lines: 12 })
  return ledgerOf('discard', home)
}

/** The shop goes on, the consumers are mended; resolves with how many orders they handled by day. */
async function goOn(played: Played): Promise<number> {
  const { scene, stage, link } = played
  const { url } = scene
  const orders = played.open.length
  await stage.own('The queue is empty: the shop goes on', shopCommand(scene), async () => {
    played.open = await sell(scene, link, played.open)
    if (played.open.length > 0) throw new RunError(`The queue still refuses ${played.open.length} orders`)
    return { text: `${formatCount(orders)} orders published, none refused\n`, result: { published: orders } }
  })
  await stage.own('The consumers are mended, and handle what comes', workCommand(scene), async () => {
    played.consumer = await openWarehouse(scene, stage.io.soft)
    await untilHandled({ url, orders }, played.consumer, stage.io.soft)
    return { text: `${formatCount(orders)} orders handled; they stay at work\n`, result: { handled: orders } }
  })
  return orders
}

const workCommand = ({ queue }: Scene): string => `(stand-in for your consumers: amqplib, queue ${queue}, PostgreSQL)`

/** At night: is the archive whole, then all of it again, while the consumers work. */
async function bringBack({ scene, stage, consumer }: Played, discard: string): Promise<RunLedger> {
  const { env, every, home, records, url } = scene
  await stage.short('Before the night: is the archive whole', ['archive', 'verify', discard], { env })
  const night = ['--window', nightAround(stage.io.now()), '--tz', 'UTC']
  const replay = ['replay', `archive:${discard}`, '--to', 'origin', '--rate', '5k', ...night, ...every]
  await stage.short('Replay: the plan for the night, nothing changes yet', replay, { env, lines: 15 })
  const go = [...replay, '--execute', '--yes']
  await stage.short('Replay: it is night now, send it again', go, { env, lines: 12 })
  await stage.own('The consumers, which are at work, handle it', COUNTS_COMMAND, async () => {
    if (consumer !== undefined) await untilHandled({ url, orders: records }, consumer, stage.io.soft)
    await consumer?.stop()
    return showCounts(scene)
  })
  await stage.short('Ask what became of one of them', ['ledger', `order-${Math.floor(records / 2)}`], { env })
  return ledgerOf('replay', home)
}

/** Hours that are open now: it is night whenever this is played. */
const nightAround = (now: Date): string =>
  [-1, 2].map(hours => new Date(now.getTime() + hours * HOUR_MS).toISOString().slice(11, 16)).join('-')

type Found = {
  readonly queued: number
  readonly late: number
  readonly discard: RunLedger
  readonly replay: RunLedger
}

async function prove({ scene, stage }: Played, { queued, late, discard, replay }: Found): Promise<Outcome> {
  const { orders, handled, deliveries } = await countOrders(scene)
  const { records } = scene
  const [sql, sheet] = ['PostgreSQL', 'the balance sheet']
  const proof = await stage.own('The proof', '(what was counted, against what it must be)', async () =>
    proofTable([
      { name: 'orders', what: 'orders of the day', value: orders, must: records, by: sql },
      { name: 'queued', what: 'in the queue when it was full', value: queued, must: records - late, by: 'confirms' },
      { name: 'discarded', what: 'let go, and archived', value: discard.dropped, must: queued, by: sheet },
      { name: 'replayed', what: 'sent again at night', value: replay.written, must: queued, by: sheet },
      { name: 'handled', what: 'different orders handled', value: handled, must: records, by: sql },
      { name: 'twice', what: 'handled again', value: deliveries - handled, must: 0, by: sql },
    ]),
  )
  const [all, gone] = [formatCount(records), formatCount(queued)]
  return {
    run: replay.run,
    proof,
    sentence: `of ${all} orders ${gone} were let go and came back; each was handled once`,
  }
}

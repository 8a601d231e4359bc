import { setTimeout as sleep } from 'node:timers/promises'
import { defined } from '../../../core/defined.js'
import { BrokerError, Refusal } from '../../../errors.js'
import type { IdBatch, IdStream, TimeRange } from '../../../reconcile/ports.js'
import { lookAt, passiveDeclare } from '../admin/passive-declare.js'
import type { RabbitLink } from '../link.js'
import { IdChannel, type IdReading } from './id-channel.js'

/** Where nothing comes the queue is looked at this often. Milliseconds. */
const LOOK_MS = 250
/** Others are looked for this often meanwhile. Milliseconds. */
const OTHERS_MS = 1000
/** A queue with ready messages that gives none, and a stream that gives no more. Milliseconds. */
const SILENT_MS = 10_000
/** How long the messages may take to be back. Milliseconds. */
const BACK_MS = 30_000
/** Deliveries that must be left beside ours before a queue of this limit is read at all. */
const MARGIN = 3

/**
 * The ids of the messages that are in a queue now. They are consumed, never acked, and all go back to their places at the end; each then counts as
 * delivered once more. A stream is read without trace. Throws Refusal `delivery-limit`.
 */
export function queueIds(reading: IdReading): IdStream {
  const { queue, where, deliveryLimit } = reading
  if (deliveryLimit !== undefined && deliveryLimit.limit <= MARGIN) throw nearLimit(queue, deliveryLimit)
  return {
    kind: 'stream',
    name: `${reading.isStream ? 'stream' : 'queue'} ${queue}`,
    ...(where.at === 'json' ? { pointer: where.pointer } : {}),
    async *batches(range, signal) {
      for await (const batch of read(reading, signal)) yield ranged(batch, range)
    },
  }
}

const nearLimit = (queue: string, { limit, by }: { readonly limit: number; readonly by: string }): Refusal =>
  new Refusal(`${queue} drops or dead-letters a message after ${limit} deliveries, and reading spends one`, {
    code: 'delivery-limit',
    hint: `Raise delivery-limit for this queue (set by ${by}) with a policy.`,
  })

async function* read(reading: IdReading, signal: AbortSignal): AsyncGenerator<IdBatch> {
  const { looking, queue } = reading
  const { messages, consumers } = await passiveDeclare(looking, queue)
  if (consumers > 0 && !reading.isStream) throw othersAt(reading)
  const captured = Math.max(messages, reading.ready)
  const { channel, isStream } = await consuming(reading)
  try {
    yield* upTo(captured, channel, { reading: { ...reading, isStream }, signal })
  } finally {
    await channel.close()
    if (!isStream) await back(looking, queue, captured)
  }
}

/** Where nobody told that it is a stream, the broker does: a stream wants a prefetch. Throws UserError `permission`, BrokerError. */
async function consuming(reading: IdReading): Promise<{ readonly channel: IdChannel; readonly isStream: boolean }> {
  const { isStream } = reading
  const channel = await IdChannel.open(reading)
  try {
    await channel.consume()
    return { channel, isStream }
  } catch (error) {
    await channel.close()
    if (isStream || !(error instanceof BrokerError) || !/prefetch count is not set/.test(error.message)) throw error
    return consuming({ ...reading, isStream: true })
  }
}

type Reader = { readonly reading: IdReading; readonly signal: AbortSignal }

/** As many messages as were there at the start, or fewer where some expired. A look counts only while our own consumers are among the counted. Throws Refusal `consumers-live`, BrokerError. */
async function* upTo(captured: number, channel: IdChannel, { reading, signal }: Reader): AsyncGenerator<IdBatch> {
  let [given, lastCame, lastLook, isEmpty] = [0, Date.now(), Date.now(), false]
  while (captured === 0 || given < captured) {
    const batch = channel.next(captured === 0 ? Number.POSITIVE_INFINITY : captured - given)
    if (batch !== undefined) {
      given += batch.ids.length
      yield batch
      ;[lastCame, isEmpty] = [Date.now(), false]
    } else if (channel.isUsedUp) await channel.consume()
    else await channel.changed.wait(LOOK_MS, signal)
    signal.throwIfAborted()
    if (Date.now() - lastLook < (batch === undefined ? LOOK_MS : OTHERS_MS)) continue
    const seen = await lookAt(reading.looking, reading.queue)
    lastLook = Date.now()
    if ((seen?.consumers ?? 0) > channel.consumers && !reading.isStream) throw othersAt(reading)
    if (batch !== undefined || Date.now() - lastCame < LOOK_MS) continue
    const isSilent = Date.now() - lastCame > SILENT_MS
    const looksEmpty = seen?.messages === 0 && seen.consumers >= channel.consumers
    // Two looks at an empty queue say that it is empty: what was missing has expired.
    if (looksEmpty && isEmpty) return
    if (isSilent && reading.isStream) return
    if (isSilent) throw silent(reading.queue)
    isEmpty = looksEmpty
  }
}

const othersAt = ({ queue }: IdReading): Refusal =>
  new Refusal(`${queue} has consumers of its own: what they have in hand would not be seen`, {
    code: 'consumers-live',
    hint: 'Stop them first. Nothing was taken from the queue.',
  })

const silent = (queue: string): BrokerError =>
  new BrokerError(`${queue} has messages, and delivers none`, {
    retry: true,
    code: 'silent',
    hint: 'Somebody else may hold it: see `rabbitmqctl list_consumers`. All that was read went back.',
  })

const ranged = ({ ids, times }: IdBatch, { from, to }: TimeRange): IdBatch => {
  if (from === undefined && to === undefined) return { ids, times }
  const kept = ids
    .map((id, at) => ({ id, time: times[at] ?? null }))
    .filter(({ time }) => isIn(time, { ...defined({ from, to }) }))
  return { ids: kept.map(({ id }) => id), times: kept.map(({ time }) => time) }
}

const isIn = (time: number | null, { from = -Infinity, to = Infinity }: TimeRange): boolean =>
  time !== null && time >= from && time < to

/** Waits until the messages are ready again, so that who comes next finds them. What expired or came meanwhile makes another number. */
async function back(link: RabbitLink, queue: string, messages: number): Promise<void> {
  for (const until = Date.now() + BACK_MS; Date.now() < until && !link.lost.aborted; await sleep(LOOK_MS)) {
    const seen = await lookAt(link, queue).catch(() => undefined)
    if (seen === undefined || (seen.consumers === 0 && seen.messages > 0) || seen.messages >= messages) return
  }
}

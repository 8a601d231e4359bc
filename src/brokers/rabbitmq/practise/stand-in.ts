import type { Channel, ConsumeMessage } from 'amqplib'
import { type Ending, endingOf } from '../../../core/ending.js'
import { BrokerError, SpillwayError } from '../../../errors.js'
import { closeChannel } from '../close-channel.js'
import { fromAmqp } from '../errors.js'
import { connect } from '../link.js'
import type { RabbitSettings } from '../settings.js'

/** Consumers for rehearsals: one on each queue. */
export type StandIn = {
  readonly settings: RabbitSettings
  readonly queues: readonly string[]
  /** Gets each message, those of one queue in order; it is acked once this has returned. */
  readonly handle: (routingKey: string, body: Buffer) => void
  /** Asked after each message: nothing more is to come. */
  readonly enough: () => boolean
}

const PREFETCH = 200
/** Consumers that have got nothing for so long will not finish. Milliseconds. */
const STALLED_MS = 60_000

/**
 * Consumes the queues as any client does, acks one by one, and leaves once it is enough; the broker has taken every ack
 * when this resolves. Throws UserError `no-queue`, BrokerError, and the signal's reason.
 */
export async function workQueues(work: StandIn, signal: AbortSignal): Promise<void> {
  await using link = await connect(work.settings, 'stand-in')
  const ending = endingOf(signal, { stallMs: STALLED_MS, stalled })
  link.onLost(ending.fail)
  const [queue = ''] = work.queues
  try {
    const channel = await link.channel()
    channel.on('error', ending.fail)
    await channel.prefetch(PREFETCH)
    const tags = await Promise.all(work.queues.map(each => consume(channel, each, { work, ending })))
    await ending.reached
    // A queue answers a cancel after it took the acks before it.
    for (const tag of tags) await channel.cancel(tag)
    await closeChannel(channel)
  } catch (failure) {
    throw failure instanceof SpillwayError || failure === signal.reason
      ? failure
      : fromAmqp(failure, { doing: `Consuming ${queue}`, queue, permission: 'read' })
  } finally {
    ending.release()
  }
}

const stalled = () => new BrokerError(`The consumers got nothing for ${STALLED_MS / 1000} s`, { retry: true })

/** Resolves with the consumer's tag. */
async function consume(
  channel: Channel,
  queue: string,
  { work, ending }: { work: StandIn; ending: Ending },
): Promise<string> {
  const take = (message: ConsumeMessage | null) => {
    if (message === null)
      return ending.fail(new BrokerError(`The broker cancelled the consumer of ${queue}`, { retry: false }))
    work.handle(message.fields.routingKey, message.content)
    channel.ack(message)
    ending.alive()
    if (work.enough()) ending.done()
  }
  const { consumerTag } = await channel.consume(queue, take)
  return consumerTag
}

import { Kafka, type KafkaMessage, logLevel } from 'kafkajs'
import { endingOf } from '../../../core/ending.js'
import { BrokerError, SpillwayError } from '../../../errors.js'
import { fromKafka } from '../errors.js'
import type { KafkaSettings } from '../settings.js'
import { quietRequestQueues } from '../wire/quiet-request-queue.js'

/** A consumer group of one member, for rehearsals. `settings` must need no login. */
export type StandIn = {
  readonly settings: Pick<KafkaSettings, 'brokers'>
  readonly topic: string
  readonly group: string
  /** Gets the messages of one partition, in order; what it returned from is committed. */
  readonly handle: (messages: readonly KafkaMessage[], partition: number) => void
  /** Asked after each batch: nothing more is to come. */
  readonly enough: () => boolean
}

/** A group that has handled nothing for so long will not finish. Milliseconds. */
const STALLED_MS = 60_000

/**
 * Joins the group as any consumer of kafkajs does, reads committed records from the first offset that the group has not
 * read, commits after each batch, and leaves once it is enough. Throws BrokerError, and the signal's reason.
 */
export async function workAsGroup(work: StandIn, signal: AbortSignal): Promise<void> {
  quietRequestQueues()
  const kafka = new Kafka({ clientId: 'stand-in', brokers: [...work.settings.brokers], logLevel: logLevel.NOTHING })
  const consumer = kafka.consumer({ groupId: work.group, maxWaitTimeInMs: 100, readUncommitted: false })
  const words = `Group ${work.group} got nothing for ${STALLED_MS / 1000} s`
  const ending = endingOf(signal, { stallMs: STALLED_MS, stalled: () => new BrokerError(words, { retry: true }) })
  // A fresh broker loads its group coordinator first: kafkajs crashes on that, and starts again by itself.
  consumer.on(consumer.events.CRASH, ({ payload }) => payload.restart || ending.fail(payload.error))
  try {
    await consumer.connect()
    await consumer.subscribe({ topic: work.topic, fromBeginning: true })
    await consumer.run({
      partitionsConsumedConcurrently: 3,
      eachBatch: async ({ batch }) => {
        work.handle(batch.messages, batch.partition)
        ending.alive()
        if (work.enough()) ending.done()
      },
    })
    await ending.reached
  } catch (failure) {
    throw failure instanceof SpillwayError ? failure : fromKafka(failure, { doing: `Working as group ${work.group}` })
  } finally {
    ending.release()
    await consumer.disconnect()
  }
}

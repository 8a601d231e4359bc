import type { Mark } from './event.js'

/** Name and value of a header, as they came; a name that is not UTF-8 stays bytes. Order and repetitions are kept. */
export type MessageHeader = readonly [name: string | Buffer, value: Buffer | null]

/**
 * A decoded message, for handlers and between different systems. Buffers are views of what the broker sent and live as long as the message is
 * held; nobody changes them. Adapters may compute fields on first use.
 */
export interface Message {
  /** The same at every attempt, and after a restart: handlers use it as their unique key. */
  readonly id: string
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: readonly MessageHeader[]
  /** Milliseconds since the epoch; -1 where the message has none. */
  readonly timestamp: number
  /** Topic or queue that it was read from. */
  readonly target: string
  readonly lane: string
  readonly mark: Mark
  /** Bytes of key, value and headers. */
  readonly size: number
  /** What its value is, where that is no header: property content-type of RabbitMQ, a header `content-type` of Kafka. */
  readonly contentType?: string | undefined
  /** Property message-id of RabbitMQ, where that is to be more than the header that has the id; Kafka has none. */
  readonly messageId?: string | undefined
  /** The routing key that RabbitMQ shall give it; of a message of its own that is in the native form. */
  readonly routingKey?: Buffer | undefined
  /** murmur2 of the key, where the adapter can tell it without making a buffer of the key. */
  readonly keyHash?: number | undefined
  /** The broker's own form of it, for a sender of the same system; opaque to everybody else. */
  readonly native?: unknown
}

/** Where a message came from, as handlers and parked messages carry it. `at` is its own time, ISO 8601 in UTC; null where it has none. */
export type Origin = {
  readonly target: string
  readonly lane: string
  readonly mark: Mark
  readonly at: string | null
}

/** The origin of a message. Pure. */
export const originOf = ({ target, lane, mark, timestamp }: Message): Origin => ({
  target,
  lane,
  mark,
  at: timestamp < 0 ? null : new Date(timestamp).toISOString(),
})

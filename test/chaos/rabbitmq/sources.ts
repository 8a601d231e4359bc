import type { QueueFillRequest } from '../../../src/lab/rabbitmq/fill/request.js'
import { paired } from '../options.js'

/** A queue to fill and to drain. `share` is of the messages asked for. */
export type SourceShape = {
  readonly share: number
  readonly request: Omit<QueueFillRequest, 'settings' | 'queue' | 'messages'>
}

const ORDINARY = { size: 200, sizes: 'lognormal', keys: 500, nullKeys: 0.05, headers: 'all' } as const
const HOURS_MS = 3_600_000

/** The sources of the chaos test; all but `large` have a header of every AMQP type in each message. */
export const SOURCES = {
  classic: { share: 1, request: { ...ORDINARY, queueType: 'classic' } },
  quorum: { share: 1, request: { ...ORDINARY, queueType: 'quorum' } },
  /** Nothing limits its deliveries: then a nacked message loses its place before RabbitMQ 4.0. */
  unlimited: { share: 1, request: { ...ORDINARY, queueType: 'quorum' } },
  expiring: {
    share: 0.7,
    request: { ...ORDINARY, queueType: 'classic', expirationMs: 2 * HOURS_MS, ttlMs: 3 * HOURS_MS, userId: true },
  },
  fading: { share: 0.7, request: { ...ORDINARY, queueType: 'quorum', expirationMs: 2 * HOURS_MS } },
  priorities: { share: 0.7, request: { ...ORDINARY, queueType: 'classic', maxPriority: 5 } },
  single: {
    share: 0.7,
    request: { ...ORDINARY, queueType: 'classic', arguments: { 'x-single-active-consumer': true } },
  },
  large: { share: 0.02, request: { size: 600_000, sizes: 'spread', keys: 50, headers: 'key', queueType: 'classic' } },
} as const satisfies Readonly<Record<string, SourceShape>>
export type SourceName = keyof typeof SOURCES

/** How a source is drained. */
export const MODES = {
  key: ['--key', 'header:key'],
  routed: ['--key', 'routing-key'],
  none: ['--order', 'none'],
} as const satisfies Readonly<Record<string, readonly string[]>>
export type ModeName = keyof typeof MODES

export type Pairing = { readonly mode: ModeName; readonly source: SourceName }

/** Every mode with every source, or those that a word names: `key`, `quorum`, `none/large`. */
export const pairings = (words: readonly string[]): readonly Pairing[] =>
  paired({ modes: MODES, sources: SOURCES }, words)

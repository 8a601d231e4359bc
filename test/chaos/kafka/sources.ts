import type { FillRequest } from '../../../src/lab/fill/request.js'
import { paired } from '../options.js'

/** A backlog to drain again and again, each time by a group of its own. `share` is of the records asked for. */
export type SourceShape = { readonly share: number; readonly request: Omit<Partial<FillRequest>, 'records' | 'topic'> }

const ORDINARY = { partitions: 3, size: 120, keys: 2_000, nullKeys: 0.05, nullValues: 0.02, headers: 3 } as const

/** The sources of the chaos test, each awkward in its own way. */
export const SOURCES = {
  plain: { share: 1, request: { ...ORDINARY } },
  lz4: { share: 1, request: { ...ORDINARY, codec: 'lz4' } },
  zstd: { share: 1, request: { ...ORDINARY, codec: 'zstd' } },
  mixed: { share: 1, request: { ...ORDINARY, codec: 'mixed', emptyKeys: 0.02, sizes: 'lognormal' } },
  singles: { share: 0.4, request: { ...ORDINARY, batch: 'single' } },
  aborts: { share: 0.7, request: { ...ORDINARY, codec: 'lz4', transactions: 300, aborts: 0.3 } },
  appended: {
    share: 0.7,
    request: { ...ORDINARY, codec: 'zstd', topicSettings: { 'message.timestamp.type': 'LogAppendTime' } },
  },
  holes: {
    share: 0.7,
    request: { partitions: 3, size: 120, keys: 3_000, zipf: 0.9, headers: 2, compacted: true },
  },
} as const satisfies Readonly<Record<string, SourceShape>>
export type SourceName = keyof typeof SOURCES

/** How a source is drained. */
export const MODES = {
  key: ['--order', 'key'],
  none: ['--order', 'none'],
  counting: ['--exactly-once', 'counting'],
} as const satisfies Readonly<Record<string, readonly string[]>>
export type ModeName = keyof typeof MODES

export type Pairing = { readonly mode: ModeName; readonly source: SourceName }

/** Every mode with every source, or those that a word names: `key`, `lz4`, `none/lz4`. */
export const pairings = (words: readonly string[]): readonly Pairing[] =>
  paired({ modes: MODES, sources: SOURCES }, words)

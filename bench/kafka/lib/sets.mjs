/**
 * @typedef {{ name: string, records: number, size: number, codec: string, batch: number, about: string }} RecordSet
 * records before --records-scale; size of a value in bytes; batch: most bytes a batch, 1 means one record a batch
 */

/** @type {(name: string, about: string, shape: Partial<RecordSet>) => [string, RecordSet]} */
const set = (name, about, shape) => [
  name,
  { name, about, records: 4_000_000, size: 1024, codec: 'none', batch: 16_384, ...shape },
]

/** Every set: 100,000 keys evenly drawn, one header, 3 partitions. */
export const SETS = Object.fromEntries([
  set('1k', '4M x 1 KiB, uncompressed, 16 KiB batches', {}),
  set('lz4', '4M x 1 KiB, lz4, 16 KiB batches', { codec: 'lz4' }),
  set('100b', '12M x 100 B, uncompressed, 16 KiB batches', { records: 12_000_000, size: 100 }),
  set('single', '3M x 1 KiB, one record a batch', { records: 3_000_000, batch: 1 }),
  set('gzip', '2M x 1 KiB, gzip, 16 KiB batches', { records: 2_000_000, codec: 'gzip' }),
  set('snappy', '2M x 1 KiB, snappy, 16 KiB batches', { records: 2_000_000, codec: 'snappy' }),
  set('zstd', '2M x 1 KiB, zstd, 16 KiB batches', { records: 2_000_000, codec: 'zstd' }),
])

/** The sets that the goals are stated for. */
export const BASE_SETS = ['1k', 'lz4', '100b', 'single']

/** The run that shows start-up alone. */
export const STARTUP_SET = set('30', '30 x 1 KiB', { records: 30 })[1]

export const SOURCE_PARTITIONS = 3
export const TARGET_PARTITIONS = 30

/** @param {RecordSet} set @param {number} scale */
export const scaled = (set, scale) => ({ ...set, records: Math.max(30, Math.round(set.records * scale)) })

/**
 * What one mover copies of a set: a slow one a share of it, in a topic of its own, so that the fast ones copy for long enough.
 * @param {RecordSet} set @param {{ share?: number }} mover
 */
export const portion = (set, { share }) => (share === undefined ? set : { ...scaled(set, share), part: true })

/** @param {RecordSet & { part?: boolean }} set */
export const sourceTopic = set => `bench-${set.name}${set.part ? '-part' : ''}`

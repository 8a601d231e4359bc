import { formatBytes, formatDuration } from '../../../core/quantity.js'
import type { BrokerLogDirs } from '../admin/log-dirs.js'

/** A partition whose log shall begin at `cut`; it holds [start, end) now. */
export type LogCut = { readonly partition: number; readonly start: number; readonly end: number; readonly cut: number }

/** Bytes that whole segments below the cuts take, of all replicas, by broker. */
export type Frees = ReadonlyMap<number, bigint>

const SEGMENT_BYTES = 2 ** 30

/**
 * What DeleteRecords frees, as far as sizes tell: only segments that lie below the cut whole are deleted, the one that holds it and the open one stay.
 * Their own sizes are not to be seen from outside, so whole multiples of `segment.bytes` are counted. Pure.
 */
export function freesOf(
  dirs: readonly BrokerLogDirs[],
  cuts: readonly LogCut[],
  settings: Readonly<Record<string, string>>,
): Frees {
  const segment = Number(settings['segment.bytes'] ?? SEGMENT_BYTES)
  return new Map(
    dirs.map(({ node, topicBytes }) => [node, cuts.reduce((sum, cut) => sum + below(topicBytes, cut, segment), 0n)]),
  )
}

function below(
  topicBytes: ReadonlyMap<number, bigint>,
  { partition, start, end, cut }: LogCut,
  segment: number,
): bigint {
  const held = end - start
  const share = held <= 0 ? 0 : Math.max(0, Math.min(1, (cut - start) / held))
  const bytes = Number(topicBytes.get(partition) ?? 0n) * share
  return BigInt(Math.floor(bytes / segment) * segment)
}

type Times = { readonly topic: Readonly<Record<string, string>>; readonly cluster: Readonly<Record<string, string>> }

/** How much, where, by when, and what stays. */
export function freesInWords(frees: Frees, { topic, cluster }: Times): string {
  const where = [...frees].map(([node, bytes]) => `about ${formatBytes(bytes)} on broker ${node}`).join(', ')
  const check = Number(cluster['log.retention.check.interval.ms'] ?? 300_000)
  const late = Number(topic['file.delete.delay.ms'] ?? 60_000)
  const segment = formatBytes(Number(topic['segment.bytes'] ?? SEGMENT_BYTES))
  return `frees ${where}, within ${formatDuration((check + late) / 1000)} of the end of the run; in each replica the segment that holds the cut and the open one stay, up to ${segment} each`
}

import { Buffer } from 'node:buffer'
import type { KeySkew } from '../../../core/survey.js'
import type { LaneSample } from './lane-sample.js'

const SHOWN = 5
/** A key seen once in a sample says nothing about its share. */
const SEEN_AT_LEAST = 2

/** Folds the samples of all partitions, each weighted by its lag; undefined where nothing was sampled. */
export const foldSkew = (samples: readonly LaneSample[], notSampled: readonly string[] = []): KeySkew | undefined => {
  const sampled = total(samples, lane => lane.records)
  if (sampled === 0) return undefined
  const batches = total(samples, lane => lane.batches)
  const batchRecords = Math.max(
    1,
    total(samples, lane => lane.batchRecords),
  )
  return {
    sampled,
    nullKeys: total(samples, lane => lane.nullKeys),
    hottest: hottest(samples),
    storedBytes: total(samples, lane => lane.batchBytes) / batchRecords,
    rawBytes: total(samples, lane => lane.rawBytes) / sampled,
    codecs: codecs(samples),
    recordsPerBatch: batchRecords / Math.max(1, batches),
    oversize: total(samples, lane => lane.oversize),
    transactional: samples.some(lane => lane.transactional),
    logAppendTime: samples.some(lane => lane.logAppendTime),
    largest: Math.max(...samples.map(lane => lane.largest)),
    withoutTimestamp: total(samples, lane => lane.withoutTimestamp),
    inTheFuture: total(samples, lane => lane.inTheFuture),
    ...(notSampled.length > 0 && { notSampled }),
  }
}

const total = (samples: readonly LaneSample[], pick: (lane: LaneSample) => number): number =>
  samples.reduce((sum, lane) => sum + pick(lane), 0)

const codecs = (samples: readonly LaneSample[]): Record<string, number> => {
  const counts: Record<string, number> = {}
  for (const lane of samples)
    for (const [codec, count] of Object.entries(lane.codecs)) counts[codec] = (counts[codec] ?? 0) + count
  return counts
}

type Heat = { messages: number; seen: number; lane: string; most: number }

const hottest = (samples: readonly LaneSample[]): KeySkew['hottest'] => {
  const heat = new Map<string, Heat>()
  for (const lane of samples) warm(heat, lane)
  const lag = samples.reduce((sum, lane) => sum + (lane.records > 0 ? Number(lane.lag) : 0), 0)
  return [...heat]
    .filter(([, { seen }]) => seen >= SEEN_AT_LEAST)
    .sort(([, a], [, b]) => b.messages - a.messages)
    .slice(0, SHOWN)
    .map(([key, { messages, lane }]) => ({
      key: printable(key),
      share: messages / Math.max(1, lag),
      lane,
      messages: Math.round(messages),
    }))
}

const warm = (heat: Map<string, Heat>, { lane, lag, records, keys }: LaneSample): void => {
  for (const [key, count] of keys) {
    const messages = (count / records) * Number(lag)
    const known = heat.get(key) ?? { messages: 0, seen: 0, lane, most: 0 }
    known.messages += messages
    known.seen += count
    if (messages > known.most) {
      known.most = messages
      known.lane = lane
    }
    heat.set(key, known)
  }
}

/** A key for people: UTF-8 text without control characters as it is, anything else as hex. */
export const printable = (latin1: string): string => {
  const bytes = Buffer.from(latin1, 'latin1')
  const text = bytes.toString('utf8')
  const plain = bytes.length > 0 && Buffer.from(text, 'utf8').equals(bytes) && !/\p{C}/u.test(text)
  return plain ? text : `0x${bytes.toString('hex')}`
}

import { resolve } from 'node:path'
import { describe, expect, inject, it } from 'vitest'
import { deleteTopic } from '../../src/brokers/kafka/admin/deletions.js'
import { listTopics } from '../../src/brokers/kafka/admin/topics.js'
import { connect } from '../../src/brokers/kafka/link.js'
import { temporaryPrefix } from '../../src/core/temporary-topic.js'
import { fill } from '../../src/lab/fill/fill.js'
import { commitRead } from '../../src/lab/fill/group.js'
import type { FillRequest } from '../../src/lab/fill/request.js'
import { spillwayIn } from '../chaos/deaths.js'
import { newHome } from '../chaos/homes.js'

/** The promise (P9): resident set of a drain, whatever the backlog and its lanes. MB are 10^6 bytes. */
const LIMIT_MB = 200
const MIB = 1.048576

const place = inject('kafka41')
const bin = resolve('bin/spillway.js')
const SMALL = { size: 100, keys: 50_000 }
const KIB = { size: 1024, keys: 50_000 }

const SETS: Readonly<Record<string, Partial<FillRequest> & { records: number }>> = {
  'small records in 3 partitions': { ...SMALL, records: 600_000, partitions: 3 },
  'small records in 64 partitions': { ...SMALL, records: 300_000, partitions: 64 },
  '1 KiB lz4': { ...KIB, records: 100_000, codec: 'lz4', batch: 262_144 },
  '1 KiB lz4 in small batches': { ...KIB, records: 300_000, codec: 'lz4', batch: 16_384 },
  '1 KiB zstd': { ...KIB, records: 100_000, codec: 'zstd', batch: 262_144 },
  '1 KiB gzip': { ...KIB, records: 60_000, codec: 'gzip', batch: 262_144 },
}
const WAYS = [
  ['--order', 'key'],
  ['--order', 'key', '--factor', '40'],
  ['--order', 'none'],
]

describe.each(Object.entries(SETS))('a drain of %s', (name, request) => {
  it(`stays under ${LIMIT_MB} MB`, async () => {
    const topic = `memory-${name.replaceAll(' ', '-')}-${process.pid}`
    const io = { now: () => new Date(), soft: new AbortController().signal }
    const { partitions } = await fill({ settings: { brokers: place.brokers }, topic, ...request }, io)
    for (const way of WAYS) {
      const megabytes = await peakOf({ topic, partitions }, way)
      process.stderr.write(`memory: ${name} ${way.join(' ')}: ${megabytes.toFixed(0)} MB\n`)
      expect(megabytes, way.join(' ')).toBeLessThan(LIMIT_MB)
    }
  })
})

async function peakOf(
  { topic, partitions }: { topic: string; partitions: number },
  way: readonly string[],
): Promise<number> {
  const group = `${topic}${way.join('')}`
  await using link = await connect({ brokers: place.brokers })
  const all = Array.from({ length: partitions }, (_, partition) => partition)
  await commitRead(link, { group, topic, partitions: all, share: 0 })
  const args = ['drain', `kafka://${place.brokers.join(',')}/${topic}?group=${group}`, ...way]
  const go = [...args, '--execute', '--consumers-stopped', '--yes']
  const { code, err, out, peakMiB } = await spillwayIn({ bin }, await newHome(), { args: go })
  expect(code, err + out.slice(-1500)).toBe(0)
  // Wide ones would fill the broker up to its limit of partitions.
  for (const { name, id } of (await listTopics(link)).topics)
    if (name.startsWith(temporaryPrefix(topic))) await deleteTopic(link, name, id)
  return peakMiB * MIB
}

import { expect, it } from 'vitest'
import type { Link, Wire } from '../../../../../src/brokers/kafka/link.js'
import { HEADER_BYTES } from '../../../../../src/brokers/kafka/records/batch-header.js'
import type { Leaders } from '../../../../../src/brokers/kafka/relay/leaders.js'
import { ProduceQueue } from '../../../../../src/brokers/kafka/relay/produce-queue.js'
import { Writer } from '../../../../../src/brokers/kafka/wire/writer.js'

const never = new AbortController().signal
const batch = () => ({ batch: Buffer.alloc(HEADER_BYTES), records: 1, release: () => undefined })

/** A Produce v8 answer: every partition took its batch at this offset. */
function answer(partitions: readonly number[], offset: bigint): Buffer {
  const writer = new Writer(64).i32(1).str('t').i32(partitions.length)
  for (const partition of partitions) writer.i32(partition).i16(0).i64(offset).i64(-1n).i64(0n).i32(0).str(null)
  return writer.i32(0).done()
}

it('counts the answers to two requests in the order of the requests, although both come in one packet', async () => {
  const waiting: ((body: Buffer) => void)[] = []
  const wire = { ask: () => new Promise<Buffer>(resolve => waiting.push(resolve)) } as Partial<Wire> as Wire
  const seen: bigint[] = []
  const queue = new ProduceQueue(
    {
      link: { wire: async () => wire } as Partial<Link> as Link,
      leaders: { topic: 't', of: () => 0 } as Partial<Leaders> as Leaders,
      purpose: 'produce',
      budget: 1 << 20,
      include: async () => undefined,
      acknowledged: (partition, base) => partition === 2 && seen.push(base),
    },
    { producerId: 1n, epoch: 0, transactionalId: null },
  )
  // The second request begins with the partition that ends the first.
  for (const partition of [0, 1, 2, 2]) queue.put(partition, batch())
  const flushed = queue.flush(never)
  await expect.poll(() => waiting.length).toBe(2)
  waiting[0]?.(answer([0, 1, 2], 0n))
  waiting[1]?.(answer([2], 1n))
  await flushed
  expect(seen).toEqual([0n, 1n])
})

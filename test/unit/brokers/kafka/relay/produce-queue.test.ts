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

function aQueue(acknowledged?: (partition: number, base: bigint) => void) {
  const asked: { body: readonly Buffer[]; answer: (body: Buffer) => void }[] = []
  const ask = (_: unknown, body: readonly Buffer[]) => new Promise<Buffer>(answer => asked.push({ body, answer }))
  const wire = { ask } as Partial<Wire> as Wire
  const queue = new ProduceQueue(
    {
      link: { wire: async () => wire } as Partial<Link> as Link,
      leaders: { topic: 't', of: () => 0 } as Partial<Leaders> as Leaders,
      purpose: 'produce',
      budget: 1 << 20,
      include: async () => undefined,
      ...(acknowledged && { acknowledged }),
    },
    { producerId: 1n, epoch: 0, transactionalId: null },
  )
  return { queue, asked }
}

it('counts the answers to two requests in the order of the requests, although both come in one packet', async () => {
  const seen: bigint[] = []
  const { queue, asked } = aQueue((partition, base) => partition === 2 && seen.push(base))
  // The second request begins with the partition that ends the first.
  for (const partition of [0, 1, 2, 2]) queue.put(partition, batch())
  const flushed = queue.flush(never)
  await expect.poll(() => asked.length).toBe(2)
  asked[0]?.answer(answer([0, 1, 2], 0n))
  asked[1]?.answer(answer([2], 1n))
  await flushed
  expect(seen).toEqual([0n, 1n])
})

/** A batch that is compressed when `finish` is called; `mark` is its first record byte. */
function packing(mark: number) {
  const built = { ...batch(), batch: Buffer.alloc(HEADER_BYTES + 1, mark) }
  let finish: () => void = () => undefined
  const done = new Promise<typeof built>(resolve => {
    finish = () => resolve(built)
  })
  return { put: { records: 1, held: 100, done }, finish }
}

it('sends batches in the order in which they were put, however their compression ends', async () => {
  const { queue, asked } = aQueue()
  const [first, second] = [packing(1), packing(2)]
  queue.put(0, first.put)
  queue.put(0, second.put)
  queue.put(1, batch())
  const flushed = queue.flush(never)
  second.finish()
  await new Promise(resolve => setImmediate(resolve))
  expect(asked).toHaveLength(0)
  first.finish()
  await expect.poll(() => asked.length).toBe(2)
  const marks = asked.map(({ body }) => body.filter(part => part.length === HEADER_BYTES + 1).map(part => part.at(-1)))
  expect(marks).toEqual([[1], [2]])
  asked[0]?.answer(answer([0], 0n))
  asked[1]?.answer(answer([0, 1], 1n))
  await flushed
  expect(queue.written).toBe(3)
})

it('fails with the compression', async () => {
  const { queue } = aQueue()
  queue.put(0, { records: 1, held: 100, done: Promise.reject(new Error('out of memory')) })
  await expect(queue.flush(never)).rejects.toThrow('out of memory')
})

it('sends what is ready once as much waits as the budget allows, full request or not', async () => {
  const { queue, asked } = aQueue()
  queue.put(0, { ...batch(), held: 2 << 20 })
  const room = queue.room(never)
  await expect.poll(() => asked.length).toBe(1)
  asked[0]?.answer(answer([0], 0n))
  await room
})

it('lets less wait once it is told to', () => {
  const { queue } = aQueue()
  queue.put(0, { ...batch(), held: 1000 })
  expect(queue.crowded).toBe(false)
  queue.narrow(500)
  expect(queue.crowded).toBe(true)
  queue.narrow(5000)
  expect(queue.crowded).toBe(true)
})

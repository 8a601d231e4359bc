import { describe, expect, it } from 'vitest'
import type { ArchiveReader, Stretch } from '../../../../../src/archive/ports.js'
import { archivedPartition } from '../../../../../src/brokers/kafka/replay/archive-lane.js'
import { encodeBatch, marker, range, records } from '../records/a-batch.js'

const TRANSACTIONAL = 0x10
const soft = new AbortController().signal

/** Batches of one partition: 0 to 3 plain, 4 to 6 of an aborted transaction and 7 its marker, 8 to 9 of a committed one, 10 to 19 compressed. */
const BATCHES = [
  encodeBatch({ base: 0n, records: records(...range(0, 4)) }),
  encodeBatch({ base: 4n, records: records(...range(4, 7)), attributes: TRANSACTIONAL, producerId: 1n }),
  marker(7, 1n, 'abort'),
  encodeBatch({ base: 8n, records: records(8, 9), attributes: TRANSACTIONAL, producerId: 2n }),
  encodeBatch({ base: 10n, records: records(...range(10, 20)), attributes: 1 }),
]

function aReader(): ArchiveReader {
  return {
    lanes: ['0'],
    async *pieces() {
      for (const bytes of BATCHES) yield { file: 'orders-0/00000000000000000000.log', position: 0, bytes }
    },
    [Symbol.asyncDispose]: async () => undefined,
  }
}

async function read(from: string, to: string, stretches?: readonly Stretch[]) {
  const asked: string[] = []
  const lane = archivedPartition({
    reader: aReader(),
    topic: 'orders',
    lane: '0',
    from: '0',
    to,
    stretches: async (_, span) => stretches ?? [span],
    committed: async (_, { from: first, to: end }) => {
      asked.push(`${first} to ${end}`)
      return new Set([8, 9].filter(mark => mark >= first && mark < end))
    },
  })
  const items = []
  let [next, skipped] = ['', 0]
  for await (const chunk of lane.read(from, soft)) {
    items.push(...chunk.items)
    next = chunk.next
    skipped += chunk.skipped
  }
  return {
    ids: items.map(({ message }) => message.id),
    codecs: items.map(({ codec }) => codec ?? 0),
    next,
    skipped,
    asked,
  }
}

const ids = (...offsets: readonly number[]): string[] => offsets.map(offset => `orders/0/${offset}`)

describe('a partition of an archive', () => {
  it('gives the committed records in order, with the codec that they came in; of markers and aborted ones nothing', async () => {
    const { ids: found, codecs, next, asked } = await read('0', '20')
    expect(found).toEqual(ids(0, 1, 2, 3, 8, 9, ...range(10, 20)))
    expect(codecs).toEqual([0, 0, 0, 0, 0, 0, ...range(10, 20).map(() => 1)])
    expect(next).toBe('20')
    expect(asked).toEqual(['4 to 7', '8 to 10'])
  })

  it('begins and ends within a batch', async () => {
    expect(await read('2', '12')).toMatchObject({ ids: ids(2, 3, 8, 9, 10, 11), next: '12' })
  })

  it('passes what is not wanted, and tells how many', async () => {
    const stretches = [
      { from: 0, to: 2, left: 2 },
      { from: 2, to: 3 },
      { from: 3, to: 12, left: 5 },
      { from: 12, to: 20 },
    ]
    expect(await read('0', '20', stretches)).toMatchObject({
      ids: ids(2, ...range(12, 20)),
      next: '20',
      skipped: 7,
      asked: [],
    })
  })

  it('has nothing behind its end, whatever the archive holds', async () => {
    expect(await read('4', '8')).toMatchObject({ ids: [], next: '8' })
  })
})

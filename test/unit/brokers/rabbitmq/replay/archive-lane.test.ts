import { describe, expect, it } from 'vitest'
import type { ArchiveReader } from '../../../../../src/archive/ports.js'
import { encodePiece } from '../../../../../src/brokers/rabbitmq/archive/format.js'
import { archivedQueue } from '../../../../../src/brokers/rabbitmq/replay/archive-lane.js'

/** Class, weight, body size, no properties. */
const HEADER = Buffer.from([0, 60, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0])
const record = (n: number) => ({
  exchange: Buffer.from('in'),
  routingKey: Buffer.from(`k${n}`),
  redelivered: false,
  header: HEADER,
  body: [Buffer.from(String(n % 10))],
})

/** Messages 0 to 2 and 3 to 4, in two pieces. */
async function aReader(): Promise<ArchiveReader> {
  const made = [await encodePiece(0, [0, 1, 2].map(record), []), await encodePiece(3, [3, 4].map(record), [])]
  return {
    lanes: ['orders'],
    async *pieces() {
      for (const { bytes } of made) yield { file: 'queue/0.amqp.zst', position: 0, bytes: Buffer.concat([...bytes]) }
    },
    [Symbol.asyncDispose]: async () => undefined,
  }
}

async function read(from: string, to: string) {
  const lane = archivedQueue({
    reader: await aReader(),
    queue: 'orders',
    from: '0',
    to,
    stretches: async span => [span],
  })
  const found = []
  for await (const { items } of lane.read(from, new AbortController().signal))
    found.push(
      ...items.map(({ message, next }) => [message.key?.toString(), message.value?.toString(), message.mark, next]),
    )
  return found
}

describe('a queue of an archive', () => {
  it('gives its messages in order, with routing key as key and their place as mark', async () => {
    expect(await read('0', '5')).toEqual([0, 1, 2, 3, 4].map(n => [`k${n}`, String(n), String(n), String(n + 1)]))
  })

  it('begins and ends within a piece', async () => {
    expect((await read('1', '4')).map(([key]) => key)).toEqual(['k1', 'k2', 'k3'])
  })

  it('says where it ends too early', async () => {
    await expect(read('0', '9')).rejects.toMatchObject({
      code: 'archive-damaged',
      message: 'The archive of orders ends at message 5; it was said to hold 9',
    })
  })
})

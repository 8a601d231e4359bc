import type { IndexRow, Piece, SealFacts } from '../../../src/archive/ports.js'
import { encodePiece } from '../../../src/brokers/rabbitmq/archive/format.js'
import type { QueueRecord } from '../../../src/brokers/rabbitmq/archive/record.js'

/** Whole numbers in [from, to). */
export const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i)

/** The n-th message of a queue. */
export const record = (n: number): QueueRecord => ({
  exchange: Buffer.from('in'),
  routingKey: Buffer.from(`key-${n}`),
  redelivered: n % 2 === 1,
  header: Buffer.from(`header ${n}`),
  body: [Buffer.from(`body ${n}, `), Buffer.from('in two frames')],
})

/** Its row; every fifth has a key that is no text, and no time. */
export const row = (n: number): IndexRow => ({
  id: `id-${n}`,
  key: n % 5 === 4 ? Buffer.of(0xff, n) : Buffer.from(`key-${n}`),
  timestamp: n % 5 === 4 ? -1 : 1000 + n,
  mark: String(n),
  size: 10,
  digest: n,
})

/** Messages in [from, to) as a piece. */
export const pieceOf = (from: number, to: number): Promise<Piece> =>
  encodePiece(from, range(from, to).map(record), range(from, to).map(row))

/** What the manifest says of a queue of so many messages. */
export const facts = (messages: bigint): SealFacts => ({
  run: '20261121-0100-test',
  system: 'rabbitmq',
  source: 'amqp://localhost//orders',
  clusterId: 'rabbit@localhost',
  lanes: [{ lane: 'orders', from: '0', to: String(messages), messages }],
  at: '2026-11-21T01:00:00.000Z',
})

import type { Random } from '../../fill/random.js'
import { type Field, type Header, tableEntries } from './table.js'

const SETS = 256

const text = (value: string): Field => ({ type: 'S', value: Buffer.from(value) })

/** One header of every type that RabbitMQ knows, with values that careless decoders change. */
const EVERY: readonly ((random: Random) => Header)[] = [
  random => ['t-bool', { type: 't', value: random() % 2 === 0 }],
  random => ['b-int8', { type: 'b', value: -(random() % 128) }],
  random => ['B-uint8', { type: 'B', value: 128 + (random() % 128) }],
  random => ['s-int16', { type: 's', value: -(random() % 32768) }],
  random => ['u-uint16', { type: 'u', value: 32768 + (random() % 32768) }],
  random => ['I-int32', { type: 'I', value: random() % 100 }],
  random => ['i-uint32', { type: 'i', value: 2147483648 + (random() % 2147483648) }],
  random => ['l-int64', { type: 'l', value: -(2n ** 60n) - BigInt(random()) }],
  random => ['L-int64', { type: 'L', value: 2n ** 53n + 1n + BigInt(random()) }],
  random => ['f-float', { type: 'f', value: (random() % 1000) / 8 }],
  random => ['d-double', { type: 'd', value: random() / 4294967296 }],
  random => ['D-decimal', { type: 'D', scale: 2, value: random() % 1_000_000 }],
  () => ['S-string', text('größe ß✓')],
  () => ['S-binary', { type: 'S', value: Buffer.of(0xff, 0xfe, 0x00, 0x80) }],
  random => [
    'A-array',
    { type: 'A', value: [text('a'), { type: 'I', value: random() % 9 }, { type: 'A', value: [] }] },
  ],
  random => ['T-time', { type: 'T', value: 1_700_000_000n + BigInt(random() % 1_000_000) }],
  random => [
    'F-table',
    {
      type: 'F',
      value: [
        ['__proto__', text('polluted')],
        ['n', { type: 'l', value: BigInt(random()) }],
      ],
    },
  ],
  () => ['V-void', { type: 'V' }],
  random => ['x-bytes', { type: 'x', value: Buffer.of(0xff, random() % 256) }],
  () => ['__proto__', text('polluted')],
  () => ['empty', text('')],
]

/**
 * Entries of header tables to draw from, beside the key: none, or in each one header of every AMQP type. RabbitMQ stores
 * them as they came.
 */
export const headerSets = (kind: 'none' | 'key' | 'all', random: Random): readonly Buffer[] =>
  kind === 'all' ? Array.from({ length: SETS }, () => tableEntries(EVERY.map(make => make(random)))) : [Buffer.alloc(0)]

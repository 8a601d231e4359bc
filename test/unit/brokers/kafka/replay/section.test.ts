import { describe, expect, it } from 'vitest'
import { replaySection, tooLarge } from '../../../../../src/brokers/kafka/replay/section.js'
import { decode } from '../../../../../src/brokers/kafka/work/decode.js'
import type { KafkaMessage } from '../../../../../src/brokers/kafka/work/kafka-message.js'
import type { Section } from '../../../../../src/brokers/kafka/work/record-section.js'
import { aMessage } from '../../../replay/a-message.js'
import { aRecord, encodeBatch } from '../records/a-batch.js'

const now = () => 42
const HEADERS: readonly (readonly [Buffer, Buffer | null])[] = [
  [Buffer.from('a'), Buffer.from('1')],
  [Buffer.from('x-replay-count'), Buffer.from('1')],
  [Buffer.from('a'), null],
]

/** A record with a null key, headers that are there twice, and this time. */
function aNative(timestamp: bigint): KafkaMessage {
  const record = aRecord(0, { key: null, value: Buffer.from('v'), headers: HEADERS, timestamp })
  const set = encodeBatch({ base: 0n, records: [record] })
  const [message] = decode({ set, starts: [0], span: { from: 0, to: 1 } }, { topic: 't', lane: '0' })
  if (message === undefined) throw new Error('no record')
  return message
}

const bytes = ({ data, start, end }: Section): Buffer => data.subarray(start, end)
const time = ({ origin, time: rest }: Section): bigint => origin + BigInt(rest)

describe('the record of a message that is sent again', () => {
  it('is its bytes where nothing is added, with its time, even none', () => {
    for (const timestamp of [1_700_000_000_000n, 0n, -1n, 1_700_000_000_123_456_789n]) {
      const native = aNative(timestamp)
      const section = replaySection(native, [], now)
      expect(bytes(section)).toEqual(native.data.subarray(native.start, native.end))
      expect(time(section)).toBe(timestamp)
    }
  })

  it('has what is added in the place of headers of that name, and all else as it was', () => {
    const section = replaySection(aNative(1_700_000_000_123_456_789n), [['x-replay-count', '2']], now)
    const wanted = Buffer.from([1, 2, 0x76, 6, 2, 0x61, 2, 0x31, 2, 0x61, 1])
    expect(bytes(section)).toEqual(
      Buffer.concat([wanted, Buffer.of(28), Buffer.from('x-replay-count'), Buffer.of(2, 0x32)]),
    )
    expect(time(section)).toBe(1_700_000_000_123_456_789n)
  })

  it('is told by its size where it fits in no batch of the topic', () => {
    const section = replaySection(aMessage(1, { key: null, value: Buffer.alloc(100) }), [], now)
    // 61 of the batch, 106 of the record, 2 for its length.
    expect(tooLarge(section, { topic: 't', maxMessageBytes: 170 })).toBeUndefined()
    expect(tooLarge(section, { topic: 't', maxMessageBytes: 160 })).toMatch(
      /^its 1\d\d bytes are larger than 160, the max.message.bytes of t$/,
    )
  })

  it('has a header for what its value is', () => {
    const typed = bytes(replaySection(aMessage(1, { contentType: 'text/plain' }), [['x', '1']], now))
    const named = aMessage(1, { headers: [['content-type', Buffer.from('text/plain')]] })
    expect(typed).toEqual(bytes(replaySection(named, [['x', '1']], now)))
  })

  it('of another system has the time of now only where it has none', () => {
    expect(time(replaySection(aMessage(1, { timestamp: -1 }), [], now))).toBe(42n)
    expect(time(replaySection(aMessage(1), [], now))).toBe(1_700_000_000_001n)
  })
})

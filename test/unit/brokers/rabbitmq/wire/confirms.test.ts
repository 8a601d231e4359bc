import { expect, it } from 'vitest'
import { takeConfirms } from '../../../../../src/brokers/rabbitmq/wire/confirms.js'

/** A frame of class basic (60): ack is method 80, nack 120. AMQP 0-9-1, 2.3.5.1, and RabbitMQ's confirms. */
function frame(channel: number, method: number, { seq, bits }: { seq: number; bits: number }): Buffer {
  const bytes = Buffer.alloc(21)
  bytes[0] = 1
  bytes.writeUInt16BE(channel, 1)
  bytes.writeUInt32BE(13, 3)
  bytes.writeUInt16BE(60, 7)
  bytes.writeUInt16BE(method, 9)
  bytes.writeBigUInt64BE(BigInt(seq), 11)
  bytes[19] = bits
  bytes[20] = 0xce
  return bytes
}

it('reads the whole confirms of its channel that stand in front, and leaves the rest', () => {
  const ours = [frame(1, 80, { seq: 7, bits: 1 }), frame(1, 120, { seq: 8, bits: 0 })]
  const seen: unknown[] = []
  const take = (bytes: Buffer) => takeConfirms(bytes, 1, (...confirmed) => void seen.push(confirmed))
  expect(take(Buffer.concat([...ours, frame(2, 80, { seq: 9, bits: 0 })]))).toBe(42)
  expect(seen).toEqual([
    [7, true, true],
    [8, false, false],
  ])
  expect(take(frame(1, 80, { seq: 10, bits: 0 }).subarray(0, 20))).toBe(0)
})

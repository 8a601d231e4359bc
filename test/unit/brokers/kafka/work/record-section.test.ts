import { expect, it } from 'vitest'
import { BufferPool } from '../../../../../src/brokers/kafka/records/buffer-pool.js'
import { BatchBuilder } from '../../../../../src/brokers/kafka/records/builder.js'
import { type Extra, sectionOf } from '../../../../../src/brokers/kafka/work/record-section.js'
import type { Message } from '../../../../../src/core/message.js'
import { decodeBatch } from '../records/a-batch.js'

const aMessage = (more: Partial<Message>): Message => ({
  id: 'x',
  key: null,
  value: null,
  headers: [],
  timestamp: 1000,
  target: 'q',
  lane: 'q',
  mark: '1',
  size: 0,
  ...more,
})

/** The record that a message becomes. */
function written(message: Message, extra: Extra = []) {
  const { data, start, end, time, origin } = sectionOf(message, extra, () => 777)
  const builder = new BatchBuilder(0, new BufferPool(4096, 1))
  builder.origin = origin
  builder.append(data, start, end, 0, time)
  return decodeBatch(builder.take().batch).records[0]
}

it('keeps key, value and headers byte for byte: order, duplicates, nulls, empty ones', () => {
  const headers = [
    ['b', Buffer.from('1')],
    ['a', null],
    ['b', Buffer.alloc(0)],
    [Buffer.from([0xff]), Buffer.from('z')],
  ] as const
  expect(written(aMessage({ key: Buffer.from('k'), value: Buffer.alloc(0), headers }))).toMatchObject({
    key: Buffer.from('k'),
    value: Buffer.alloc(0),
    timestamp: 1000n,
    headers: headers.map(([name, value]) => [Buffer.from(name), value]),
  })
})

it('tells null from empty', () => {
  expect(written(aMessage({ key: Buffer.alloc(0) }))).toMatchObject({ key: Buffer.alloc(0), value: null })
})

it('puts added headers behind the message’s own', () => {
  const message = aMessage({ headers: [['own', Buffer.from('1')]] })
  expect(written(message, [['added', 'ä']])?.headers).toEqual([
    [Buffer.from('own'), Buffer.from('1')],
    [Buffer.from('added'), Buffer.from('ä')],
  ])
})

it('gives a message without a time the time of now', () => {
  expect(written(aMessage({ timestamp: -1 }))?.timestamp).toBe(777n)
})

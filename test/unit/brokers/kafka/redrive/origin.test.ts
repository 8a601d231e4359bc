import { describe, expect, it } from 'vitest'
import { originIn } from '../../../../../src/brokers/kafka/redrive/origin.js'
import type { MessageHeader } from '../../../../../src/core/message.js'

const int = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}
const text = (name: string, value: string): MessageHeader => [name, Buffer.from(value)]

describe('originIn', () => {
  it('reads the topic and the binary partition that Spring writes', () => {
    const headers: MessageHeader[] = [
      text('kafka_dlt-original-topic', 'orders'),
      ['kafka_dlt-original-partition', int(258)],
      text('kafka_dlt-exception-fqcn', 'java.lang.RuntimeException'),
    ]
    expect(originIn(headers)).toEqual({ topic: 'orders', partition: 258 })
  })

  it('reads a partition that another client wrote as text', () => {
    const headers = [text('kafka_dlt-original-topic', 'orders'), text('kafka_dlt-original-partition', '12')]
    expect(originIn(headers)).toEqual({ topic: 'orders', partition: 12 })
  })

  it('takes the last of several deaths', () => {
    const twice = [text('kafka_dlt-original-topic', 'orders'), text('kafka_dlt-original-topic', 'orders-retry-0')]
    expect(originIn(twice)).toEqual({ topic: 'orders-retry-0' })
  })

  it('knows the headers of retry topics and of Kafka Connect', () => {
    expect(originIn([text('kafka_original-topic', 'orders'), ['kafka_original-partition', int(3)]])).toEqual({
      topic: 'orders',
      partition: 3,
    })
    expect(originIn([text('__connect.errors.topic', 'orders'), text('__connect.errors.partition', '7')])).toEqual({
      topic: 'orders',
      partition: 7,
    })
  })

  it('reads what a fan-out has parked at a topic', () => {
    expect(originIn([text('spillway-origin', 'orders/3/17')])).toEqual({ topic: 'orders', partition: 3 })
    expect(originIn([text('spillway-origin', 'orders.spill.20261121-1200-k3f9/23/17')])).toEqual({ topic: 'orders' })
  })

  it('says nothing where nothing can be told', () => {
    const cut = `${'x'.repeat(169)}-0123abcd.spill.20261121-1200-k3f9/0/1`
    for (const headers of [
      [],
      [text('spillway-origin', 'orders')],
      [text('spillway-origin', cut)],
      [text('kafka_dlt-original-topic', 'no such/topic')],
      [['kafka_dlt-original-topic', null] as const],
    ])
      expect(originIn(headers)).toBeUndefined()
  })
})

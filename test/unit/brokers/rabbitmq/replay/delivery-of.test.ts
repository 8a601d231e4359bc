import { describe, expect, it } from 'vitest'
import { recordOf } from '../../../../../src/brokers/rabbitmq/archive/record.js'
import { deliveryOf } from '../../../../../src/brokers/rabbitmq/replay/delivery-of.js'
import { bodyOf, exchangeOf, describe as read, routingKey } from '../../../../../src/brokers/rabbitmq/wire/delivery.js'

/** Class, weight, body size, no properties. */
const headerFor = (size: number): Buffer =>
  Buffer.concat([Buffer.from([0, 60, 0, 0, 0, 0, 0, 0]), u32(size), Buffer.of(0, 0)])
const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

describe('a message that was kept, as a delivery', () => {
  it.each([0, 1, 200_000])('is what it was, with a body of %i bytes', size => {
    const body = Buffer.alloc(size, 7)
    const record = {
      exchange: Buffer.from('orders.in'),
      routingKey: Buffer.from('größe'),
      redelivered: true,
      header: headerFor(size),
      body: [body.subarray(0, size >> 1), body.subarray(size >> 1)],
    }
    const delivery = deliveryOf(record, 42)
    expect(read(delivery)).toEqual({ ...delivery, late: undefined })
    expect([exchangeOf(delivery), routingKey(delivery).toString(), delivery.tag]).toEqual(['orders.in', 'größe', 42])
    expect(bodyOf(delivery)).toEqual(body)
    const again = recordOf(delivery)
    expect({ ...again, body: Buffer.concat(again.body) }).toEqual({ ...record, body })
  })
})

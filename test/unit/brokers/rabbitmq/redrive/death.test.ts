import { describe, expect, it } from 'vitest'
import { firstDeath, withoutDeath } from '../../../../../src/brokers/rabbitmq/redrive/death.js'
import { bodyOf, routingKey } from '../../../../../src/brokers/rabbitmq/wire/delivery.js'
import { delivery, entry, headerFrame, long, longLong, longText, short, table } from '../a-message.js'

const text = (name: string, value: string) => entry(name, 'S', longText(value))
const death = (queue: string) =>
  Buffer.concat([
    Buffer.from('F'),
    table(
      entry('count', 'l', longLong(2)),
      text('exchange', ''),
      text('queue', queue),
      text('reason', 'rejected'),
      entry('routing-keys', 'A', Buffer.concat([long(7), Buffer.from('S'), longText('rk')])),
      entry('time', 'T', longLong(1_700_000_000)),
    ),
  ])
const deaths = (...queues: string[]) => {
  const all = Buffer.concat(queues.map(death))
  return entry('x-death', 'A', Buffer.concat([long(all.length), all]))
}
const FIRST = [
  text('x-first-death-exchange', ''),
  text('x-first-death-queue', 'orders'),
  text('x-first-death-reason', 'rejected'),
]
const LAST = [
  text('x-last-death-exchange', ''),
  text('x-last-death-queue', 'retry'),
  text('x-last-death-reason', 'expired'),
]
const OWN = [entry('n', 'l', longLong(7)), entry('void', 'V', Buffer.alloc(0))]
const with_ = (...headers: Buffer[]) => delivery({ encoded: { headers: table(...headers), 'message-id': short('m1') } })

describe('firstDeath', () => {
  it('is what x-first-death-queue says', () => {
    expect(String(firstDeath(with_(...OWN, deaths('retry', 'orders'), ...FIRST, ...LAST)))).toBe('orders')
  })

  it('is the earliest entry of x-death without it: the latest stands first', () => {
    expect(String(firstDeath(with_(deaths('retry', 'orders'))))).toBe('orders')
  })

  it('is nothing for what never died', () => {
    expect(firstDeath(with_(...OWN))).toBeUndefined()
    expect(firstDeath(delivery())).toBeUndefined()
  })
})

describe('withoutDeath', () => {
  it('takes off what deaths have added, and nothing else', () => {
    const dead = with_(...OWN, deaths('retry', 'orders'), ...FIRST, ...LAST, text('z', 'kept'))
    const alive = withoutDeath(dead)
    const wanted = headerFrame({ headers: table(...OWN, text('z', 'kept')), 'message-id': short('m1') }, 5)
    expect(alive.bytes.subarray(alive.header, alive.body)).toEqual(wanted)
    expect(String(bodyOf(alive))).toBe('hello')
    expect(String(routingKey(alive))).toBe('rk')
    expect(alive.tag).toBe(dead.tag)
  })

  it('leaves the frames of what never died alone', () => {
    const message = with_(...OWN)
    expect(withoutDeath(message)).toBe(message)
  })
})

import { describe, expect, it } from 'vitest'
import { toFirstDeath } from '../../../../../src/brokers/rabbitmq/redrive/dead-letters.js'
import { QueueMessage } from '../../../../../src/brokers/rabbitmq/work/queue-message.js'
import { delivery, entry, longText, table } from '../a-message.js'

const died = (queue?: string) => {
  const headers = queue === undefined ? [] : [entry('x-first-death-queue', 'S', longText(queue))]
  return new QueueMessage(delivery({ encoded: { headers: table(...headers) } }), { target: 'dlq', lane: 'dlq' })
}
const address = toFirstDeath(async queue => queue === 'orders')

describe('toFirstDeath', () => {
  it('goes to the queue by the default exchange, without the marks of death', async () => {
    const { message, to, unable } = await address(died('orders'))
    expect(to).toEqual({ exchange: '', routingKey: Buffer.from('orders') })
    expect(unable).toBeUndefined()
    expect(message.headers.map(([name]) => name)).toEqual(['amqp.routing-key'])
  })

  it.each([
    [undefined, 'nothing says where it came from'],
    ['gone', 'queue gone, where it died, is not there'],
    ['dlq', 'which is what is read'],
  ])('says why what died in %s goes nowhere', async (queue, why) => {
    expect((await address(died(queue))).unable).toContain(why)
  })
})

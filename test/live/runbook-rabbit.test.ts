import { connect } from 'amqplib'
import { describe, expect, inject, it } from 'vitest'
import { api, freshVhost } from './rabbit-lab.js'
import { aHome, handled, handler, MESSAGES, play } from './runbook-harness.js'

describe('backlog-rabbitmq', () => {
  it('runs to its end, refused first by a live consumer', async () => {
    const rabbit = inject('rabbitmq')
    const [vhost, queue, home] = [`runbook-${process.pid}`, 'orders', await aHome()]
    await freshVhost(rabbit, vhost)
    const model = await connect(`${rabbit.url}/${vhost}`)
    const channel = await model.createConfirmChannel()
    await channel.assertQueue(queue, { durable: true })
    for (let i = 0; i < MESSAGES; i++)
      channel.publish('', queue, Buffer.from(`v${i}`), { persistent: true, messageId: String(i) })
    await channel.waitForConfirms()
    const start = async () => {
      const own = await model.createChannel()
      await own.prefetch(1)
      await own.consume(queue, () => undefined)
      return () => own.close()
    }
    const values = [
      `source=${rabbit.url}/${vhost}/${queue}`,
      `handler=${handler(home)}`,
      `management=--management ${rabbit.managementUrl}`,
    ]
    const flags = values.flatMap(value => ['--set', value])
    const password = new URL(rabbit.url).password
    await play({ runbook: 'backlog-rabbitmq', flags, originals: { start }, home, password })
    expect(await handled(home)).toEqual(Array.from({ length: MESSAGES }, (_, i) => `v${i}`).sort())
    const queues = (await api(rabbit, `queues/${vhost}`)) as { name: string }[]
    expect(queues.map(({ name }) => name)).toEqual([queue])
    await model.close()
  })
})

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { connect as dial } from 'amqplib'
import { expect, it } from 'vitest'
import { spillway } from './kafka-lab.js'
import { aQueue, bodiesOf, model, rabbit, ready, VHOST } from './rabbit-harness.js'
import { api, witness } from './rabbit-lab.js'

const ORDERS = 3000

/** Orders of which every tenth was lost. */
async function expected(home: string, id: (order: number) => string): Promise<string[]> {
  const orders = Array.from({ length: ORDERS }, (_, order) => id(order))
  await writeFile(join(home, 'orders.csv'), `id\n${orders.join('\n')}\n`)
  return ['--expected', `file:${join(home, 'orders.csv')}`, '--key', 'id']
}

const reconcile = async (home: string, args: readonly string[]) => {
  const { code, stdout, stderr } = await spillway(
    ['reconcile', ...args, '--management', rabbit.managementUrl, '--output', 'json'],
    { home },
  )
  return { code, stderr, found: code === 0 || code === 3 ? JSON.parse(stdout) : undefined }
}

// A consumer of a quorum queue has 65,535 messages unacked at most.
it.each([
  ['classic', ORDERS],
  ['quorum', 66_000],
] as const)('finds what a %s queue has not, and takes nothing from it', async (type, messages) => {
  const scene = await aQueue({ type, messages })
  const wanted = await expected(scene.home, order => String(order - 100))
  const id = ['--seen-id', 'header:amqp.message-id']
  const { code, stderr, found } = await reconcile(scene.home, [...wanted, '--seen', scene.source, ...id])
  expect(code, stderr).toBe(3)
  expect(found).toMatchObject({ expected: ORDERS, seen: messages, missing: 100, duplicates: 0 })
  expect(found.warnings).toEqual([expect.stringContaining('marked as redelivered')])
  await expect.poll(() => ready(scene.queue), { timeout: 60_000 }).toBe(messages)
  const back = await witness(rabbit, scene.queue, { vhost: VHOST, mode: 'peek' })
  expect(back.length).toBeGreaterThanOrEqual(Math.min(messages, 2000))
  expect(bodiesOf(back)).toEqual(scene.bodies.slice(0, back.length))
  expect((await api(rabbit, `queues/${VHOST}`)) as { name: string }[]).not.toContainEqual(
    expect.objectContaining({ name: `spillway.lock.${scene.queue}` }),
  )
})

it('reads routing keys and bodies, and a stream without trace', async () => {
  const { home } = await aQueue({ messages: 1 })
  const channel = await model.createConfirmChannel()
  await channel.assertQueue('seen', { durable: true, arguments: { 'x-queue-type': 'stream' } })
  for (let order = 0; order < ORDERS; order++)
    channel.sendToQueue('seen', Buffer.from(JSON.stringify({ order: { id: order } })))
  await channel.waitForConfirms()
  await channel.close()
  const wanted = await expected(home, String)
  const seen = ['--seen', `${rabbit.url}/${VHOST}/seen`]
  const whole = await reconcile(home, [...wanted, ...seen, '--seen-id', 'json:/order/id'])
  expect(whole, whole.stderr).toMatchObject({ code: 0, found: { seen: ORDERS, missing: 0, warnings: [] } })
  const keys = await reconcile(home, [...wanted, ...seen])
  expect(keys, keys.stderr).toMatchObject({ code: 3, found: { missing: ORDERS, extra: 1, duplicates: 1 } })
})

it('refuses a queue that others consume, one near its delivery-limit, and one that it is told to leave', async () => {
  const scene = await aQueue({ messages: 5 })
  const wanted = await expected(scene.home, String)
  const other = await dial(`${rabbit.url}/${VHOST}`)
  const channel = await other.createChannel()
  await channel.prefetch(1)
  await channel.consume(scene.queue, () => undefined)
  const live = await reconcile(scene.home, [...wanted, '--seen', scene.source])
  expect(live, live.stderr).toMatchObject({ code: 4 })
  await other.close()
  const limited = await model.createConfirmChannel()
  await limited.assertQueue('limited', {
    durable: true,
    arguments: { 'x-queue-type': 'quorum', 'x-delivery-limit': 4 },
  })
  limited.sendToQueue('limited', Buffer.from('1'))
  await limited.waitForConfirms()
  const source = `${rabbit.url}/${VHOST}/limited`
  const first = await reconcile(scene.home, [...wanted, '--seen', source])
  expect(first, first.stderr).toMatchObject({ code: 3, found: { seen: 1 } })
  const second = await reconcile(scene.home, [...wanted, '--seen', source])
  expect(second, second.stderr).toMatchObject({ code: 4 })
  expect(second.stderr).toContain('delivery-limit')
  await expect.poll(() => ready('limited'), { timeout: 30_000 }).toBe(1)
  await limited.close()
})

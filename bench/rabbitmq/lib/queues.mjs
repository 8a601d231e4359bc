import { setTimeout as pause } from 'node:timers/promises'
import { connect } from 'amqplib'
import { ask } from './broker.mjs'
import { laneNames } from './sets.mjs'

const STILL_MS = 10_000

/**
 * The harness's own view of the node: it makes, counts and deletes queues.
 * @param {import('./broker.mjs').Broker} broker
 */
export async function openQueues({ url, management }) {
  const model = await connect(url)
  const channel = await model.createChannel()
  // What was asked fails with it, and says so; without a listener the whole bench would end here, with all that it has measured.
  for (const each of [model, channel]) each.on('error', () => undefined)
  const queue = (name, type) => channel.assertQueue(name, { durable: true, arguments: { 'x-queue-type': type } })
  const behind = async (name, exchange, { type, key = '' }) => {
    await channel.assertExchange(exchange, type, { durable: true })
    await channel.bindQueue(name, exchange, key)
  }
  const count = async names => {
    let sum = 0
    for (const name of names) sum += (await channel.checkQueue(name)).messageCount
    return sum
  }
  const listed = async (kind, prefix) =>
    (await ask(management, `${kind}/%2F?columns=name`)).map(({ name }) => name).filter(name => name.startsWith(prefix))
  return {
    close: () => model.close(),
    /** Makes a queue behind a fanout exchange of its own, so that its messages keep routing keys. Answers the exchange. */
    async createSource(name, type) {
      await queue(name, type)
      await behind(name, `${name}.in`, { type: 'fanout' })
      return `${name}.in`
    },
    /**
     * Makes where a mover copies to: `one` queue, ten `lanes`, ten each behind an exchange of its own (`exchanges`), or ten
     * behind one consistent-hash exchange (`hash`). Answers the queues.
     */
    async createTarget(name, type, shape) {
      const queues = shape === 'one' ? [name] : laneNames(name)
      for (const each of queues) {
        await queue(each, type)
        if (shape === 'exchanges') await behind(each, each, { type: 'fanout' })
        if (shape === 'hash') await behind(each, name, { type: 'x-consistent-hash', key: '1' })
      }
      return queues
    },
    /** Names of queues that begin so. */
    named: prefix => listed('queues', prefix),
    /** Messages in queues: looks until they are as many as wanted, or for ten seconds, as what is on its way counts late. */
    async count(names, wanted, patience = STILL_MS) {
      const end = performance.now() + patience
      for (;;) {
        const found = await count(names)
        if (found === wanted || performance.now() > end) return found
        await pause(100)
      }
    },
    /** Deletes every queue and exchange whose name begins so. */
    async remove(prefix) {
      for (const name of await listed('queues', prefix)) await channel.deleteQueue(name)
      for (const name of await listed('exchanges', prefix)) await channel.deleteExchange(name)
    },
  }
}

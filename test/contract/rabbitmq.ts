import { randomUUID } from 'node:crypto'
import { lanesOf, model, rabbit, ready, VHOST } from '../live/rabbit-harness.js'
import { api, type Witnessed, witness } from '../live/rabbit-lab.js'
import { queueMessagesIn } from './archived.js'
import type { Backlog, Broker, How, Message } from './broker.js'

/** The longest prefetch there is (DESIGN.md §8): what one death may leave twice. */
const MOST_IN_FLIGHT = 5000

/** RabbitMQ, as the contract suite sees it: written to with amqplib, read with pika. */
export const rabbitmq: Broker = {
  name: 'RabbitMQ',
  guarantee: /^0 without an interruption; each crash or lost connection may leave up to [\d,]+ twice/,
  duplicatesPerDeath: MOST_IN_FLIGHT,
  ordered: ['--key', 'routing-key'],
  reach: ['--management', rabbit?.managementUrl ?? ''],
  verify: { code: 2, told: { error: { code: 'not-supported' } } },
  deaths: { copied: 'after-confirm', settled: 'after-ack', journalled: 'after-journal:4' },
  discardDeaths: [
    'after-lock',
    'before-archive-sync',
    'after-archive-sync',
    'before-ack',
    'after-ack',
    'after-journal:4',
  ],
  replay: {
    deaths: ['before-publish', 'after-publish', 'after-confirm', 'before-journal:4', 'after-journal:4'],
    guarantee: /^after a kill up to 500 a lane/,
  },
  cluster: `${rabbit?.url}/${VHOST}`,
  notThere: 'no-queue',
  address: (server, name, login) => `amqp://${login === undefined ? '' : `${login}@`}${server}/${VHOST}/${name}`,
  backlog,
  left: ({ name }) => ready(name),
  inSource: async ({ name }) => (await witness(rabbit, name, { vhost: VHOST, mode: 'peek' })).map(seen),
  inLanes: ({ name }) => read(name, 'peek'),
  inArchive: queueMessagesIn,
  workOff: async ({ name }) => (await read(name, 'ack')).flat().length,
  temporary,
  picture,
  consumer,
}

async function backlog(messages: readonly Message[], { crowded = false, sentAt }: How = {}): Promise<Backlog> {
  const name = `orders-${randomUUID().slice(0, 8)}`
  const channel = await model.createConfirmChannel()
  const type = crowded ? 'quorum' : 'classic'
  await channel.assertExchange(`${name}.in`, 'topic')
  await channel.assertQueue(name, { durable: true, arguments: { 'x-queue-type': type } })
  await channel.bindQueue(name, `${name}.in`, '#')
  for (const [n, { key, body, headers }] of messages.entries()) {
    const sent = sentAt === undefined ? {} : { timestamp: Math.floor(sentAt(n) / 1000) }
    const properties = { persistent: true, headers: Object.fromEntries(headers), ...sent }
    channel.publish(`${name}.in`, key, Buffer.from(body, 'base64'), properties)
  }
  await channel.waitForConfirms()
  await channel.close()
  const source = `${rabbit.url}/${VHOST}/${name}`
  return { name, source, shown: source.replace(/\/\/.*@/, '//'), messages }
}

const seen = ({ routingKey, body, headers = [], redelivered }: Witnessed): Message => ({
  key: routingKey,
  body,
  headers: headers.filter(([name]) => !BY_THE_SERVER.has(name)).map(([name, , value]) => [name, String(value)]),
  redelivered,
})

/** Headers that a quorum queue adds to what it delivers again. */
const BY_THE_SERVER = new Set(['x-delivery-count'])

async function read(queue: string, mode: 'ack' | 'peek'): Promise<Message[][]> {
  const lanes: Message[][] = []
  for (const lane of await lanesOf(queue)) lanes.push((await witness(rabbit, lane, { vhost: VHOST, mode })).map(seen))
  return lanes
}

const named = async (what: 'queues' | 'exchanges'): Promise<string[]> =>
  ((await api(rabbit, `${what}/${VHOST}`)) as { name: string }[]).map(({ name }) => name)

async function temporary({ name }: Backlog): Promise<string[]> {
  const all = [...(await named('queues')), ...(await named('exchanges'))]
  return all.filter(each => each.startsWith(`${name}.spill.`) || each === `spillway.lock.${name}`)
}

/** Of counters the management API knows old values; the count of ready messages is asked of the queue itself. */
async function picture({ name }: Backlog): Promise<unknown> {
  const [queues, exchanges, bindings, policies] = await Promise.all(
    ['queues', 'exchanges', 'bindings', 'policies'].map(what => api(rabbit, `${what}/${VHOST}`)),
  )
  const shapes = (queues as Record<string, unknown>[]).map(each => [each.name, each.durable, each.arguments])
  return { shapes, exchanges: namesIn(exchanges), bindings, policies, ready: await ready(name) }
}

const namesIn = (found: unknown): string[] => (found as { name: string }[]).map(({ name }) => name).sort()

async function consumer({ name }: Backlog): Promise<() => Promise<void>> {
  const channel = await model.createChannel()
  await channel.prefetch(1)
  await channel.consume(name, () => undefined)
  return () => channel.close()
}

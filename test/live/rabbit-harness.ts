import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ChannelModel, connect } from 'amqplib'
import { afterAll, beforeAll, inject } from 'vitest'
import { type Finished, spawnSpillway, spillway } from './kafka-lab.js'
import { api, freshVhost, type Witnessed, witness } from './rabbit-lab.js'

export const rabbit = inject('rabbitmq')
export const VHOST = `drain-${process.pid}`
export const GO = ['--execute', '--yes', '--output', 'json']

export let model: ChannelModel
const homes: string[] = []
beforeAll(async () => {
  await freshVhost(rabbit, VHOST)
  model = await connect(`${rabbit.url}/${VHOST}`)
})
afterAll(async () => {
  await model.close()
  await Promise.all(homes.map(home => rm(home, { recursive: true })))
})

/** A home for whoever drains. */
export async function aHome(): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'spillway-rabbit-'))
  homes.push(home)
  return home
}

export type Scene = {
  readonly queue: string
  readonly source: string
  readonly home: string
  readonly bodies: string[]
}
type Shape = { type?: 'classic' | 'quorum'; messages?: number; expiration?: string }
let scenes = 0

/** A queue with messages 0, 1, 2 … of routing keys k0 to k9, and a home for whoever drains it. */
export async function aQueue({ type = 'classic', messages = 1000, expiration }: Shape = {}): Promise<Scene> {
  scenes += 1
  const queue = `orders-${scenes}`
  const channel = await model.createConfirmChannel()
  await channel.assertExchange(`${queue}.in`, 'topic')
  await channel.assertQueue(queue, { durable: true, arguments: { 'x-queue-type': type } })
  await channel.bindQueue(queue, `${queue}.in`, '#')
  const bodies = Array.from({ length: messages }, (_, i) => String(i))
  for (const body of bodies) {
    const properties = { persistent: true, messageId: body, ...(expiration === undefined ? {} : { expiration }) }
    channel.publish(`${queue}.in`, `k${Number(body) % 10}`, Buffer.from(body), properties)
  }
  await channel.waitForConfirms()
  await channel.close()
  return { queue, source: `${rabbit.url}/${VHOST}/${queue}`, home: await aHome(), bodies }
}

export const run = ({ home }: Scene, args: readonly string[], env: Record<string, string> = {}): Promise<Finished> =>
  spillway([...args, '--management', rabbit.managementUrl], { home, env })
export const document = ({ stdout, stderr }: Finished) => {
  try {
    return JSON.parse(stdout)
  } catch {
    throw new Error(`no JSON: ${stdout}${stderr}`)
  }
}
export const drain = (scene: Scene, flags: readonly string[] = [], env: Record<string, string> = {}) =>
  run(scene, ['drain', scene.source, ...GO, ...flags], env)
export const runOf = async ({ home }: Scene): Promise<string> => (await readdir(join(home, 'runs')))[0] ?? ''

export const lanesOf = async (queue: string): Promise<string[]> => {
  const all = (await api(rabbit, `queues/${VHOST}`)) as { name: string }[]
  return all
    .map(({ name }) => name)
    .filter(name => name.startsWith(`${queue}.spill.`))
    .sort()
}
export const inLanes = async (queue: string): Promise<Witnessed[][]> => {
  const found: Witnessed[][] = []
  for (const lane of await lanesOf(queue)) found.push(await witness(rabbit, lane, { vhost: VHOST, mode: 'peek' }))
  return found
}
export const ready = async (queue: string): Promise<number> => {
  const channel = await model.createChannel()
  const { messageCount } = await channel.checkQueue(queue)
  await channel.close()
  return messageCount
}
export const sorted = (bodies: readonly string[]) => [...bodies].sort((a, b) => Number(a) - Number(b))
export const bodiesOf = (messages: readonly { body: string }[]) =>
  messages.map(({ body }) => Buffer.from(body, 'base64').toString())

/** Starts a drain at a pace that leaves time to meddle with it. */
export const slowly = ({ source, home }: Scene, rate: string) =>
  spawnSpillway(['drain', source, ...GO, '--rate', rate, '--management', rabbit.managementUrl], { home })

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type ChannelModel, type ConfirmChannel, connect } from 'amqplib'
import { expect } from 'vitest'
import { temporaryQueues } from '../../src/core/temporary-queue.js'
import { newHome, runOf, runsOf, type Told, told } from './fault-harness.js'
import { type Finished, type Running, spawnSpillway, spillway } from './kafka-lab.js'
import { api } from './rabbit-lab.js'
import type { SharedRabbit } from './setup.js'

/** A server as these tests need it: shared or their own. */
export type Server = Pick<SharedRabbit, 'url' | 'managementUrl' | 'settings'>

/** A backlog in the virtual host `/`, and a home of its own for whoever drains it. */
export type Scene = {
  readonly server: Server
  readonly queue: string
  /** Address of the queue. */
  readonly source: string
  readonly home: string
  /** What its messages begin with: "0", "1" and on. */
  readonly bodies: readonly string[]
}

export type Shape = {
  readonly type?: 'classic' | 'quorum'
  readonly messages?: number
  /** What its name begins with. */
  readonly name?: string
  /** Bytes of each body. */
  readonly size?: number
  readonly args?: Readonly<Record<string, unknown>>
  readonly properties?: (index: number) => Readonly<Record<string, unknown>>
}

export const LANES = 3
const GO = ['--execute', '--yes', '--output', 'json']
let scenes = 0

/** Runs work on a connection of amqplib's own, which is not what Spillway reads and writes with. */
export async function onServer<T>({ url, settings }: Server, work: (model: ChannelModel) => Promise<T>): Promise<T> {
  const model = await connect(url, typeof settings.tls === 'object' ? settings.tls : {})
  try {
    return await work(model)
  } finally {
    await model.close()
  }
}

/** Runs work on a channel with confirms. */
export const onChannel = <T>(server: Server, work: (channel: ConfirmChannel) => Promise<T>): Promise<T> =>
  onServer(server, async model => work(await model.createConfirmChannel()))

/** Makes a durable queue with persistent messages that nobody has read; the routing key is the queue's name. */
export async function aBacklog(server: Server, shape: Shape = {}): Promise<Scene> {
  scenes += 1
  const { type = 'classic', messages = 1000, name = 'fault', args = {} } = shape
  const queue = `${name}-${process.pid}-${scenes}`
  const bodies = Array.from({ length: messages }, (_, i) => String(i))
  await onChannel(server, async channel => {
    await channel.assertQueue(queue, { durable: true, arguments: { 'x-queue-type': type, ...args } })
    await publish(channel, queue, bodies, shape)
  })
  return { server, queue, source: `${server.url}//${queue}`, home: await newHome(), bodies }
}

async function publish(channel: ConfirmChannel, queue: string, bodies: readonly string[], shape: Shape): Promise<void> {
  for (const [i, body] of bodies.entries()) {
    const options = { persistent: true, ...shape.properties?.(i) }
    const hasRoom = channel.sendToQueue(queue, Buffer.from(body.padEnd(shape.size ?? 0, '.')), options)
    if (!hasRoom) await new Promise(resolve => channel.once('drain', resolve))
  }
  await channel.waitForConfirms()
}

/** The same backlog by another way to the server. */
export const through = (scene: Scene, { port }: { readonly port: number }): Scene => ({
  ...scene,
  source: scene.source.replace(/:\d+\//, `:${port}/`),
})

type Env = Readonly<Record<string, string>>

/** Runs a command of Spillway's to its end; it knows where the management API is. */
export const run = ({ server, home }: Pick<Scene, 'server' | 'home'>, args: readonly string[], env: Env = {}) =>
  spillway([...args, '--management', server.managementUrl], { home, env })

/** Drains to the end. */
export const drain = (scene: Scene, flags: readonly string[] = []): Promise<Finished> =>
  run(scene, ['drain', scene.source, ...GO, '--lanes', String(LANES), ...flags])

/** Starts a drain that the test watches or breaks. */
export const startDrain = ({ server, source, home }: Scene, flags: readonly string[] = []): Running =>
  spawnSpillway(['drain', source, ...GO, '--lanes', String(LANES), '--management', server.managementUrl, ...flags], {
    home,
  })

/** What a run that moved its whole backlog tells. Fails unless it did. */
export function complete(finished: Finished): Told {
  expect(finished.code, finished.stdout + finished.stderr).toBe(0)
  const envelope = told(finished)
  expect(envelope).toMatchObject({ state: 'complete', balanced: true })
  return envelope
}

/** What `status` tells of a scene's run. */
export async function statusOf(scene: Scene): Promise<Told> {
  return told(await spillway(['status', await runOf(scene.home), '--output', 'json'], scene))
}

/** Resolves once the run is held, and the reason fits. */
export const heldBy = (scene: Scene, reason: RegExp): Promise<void> =>
  expect
    .poll(async () => (await statusOf(scene)).held.map(hold => hold.reason).join('; '), {
      timeout: 60_000,
      interval: 300,
    })
    .toMatch(reason)

/** Lifts an operator's hold, or carries a run on. */
export const resume = async (scene: Scene, flags: readonly string[] = []): Promise<Finished> =>
  run(scene, ['resume', await runOf(scene.home), '--output', 'json', ...flags])

/** Names of the temporary queues of a scene's run. */
export const lanesOf = async ({ queue, home }: Scene): Promise<readonly string[]> =>
  temporaryQueues(queue, await runOf(home), LANES)

/** What the bodies of a queue begin with, in the order of delivery; they are taken away. */
export const takeAll = (server: Server, queue: string): Promise<string[]> =>
  onChannel(server, async channel => {
    const { messageCount } = await channel.checkQueue(queue)
    const bodies: string[] = []
    if (messageCount === 0) return bodies
    await new Promise<void>((resolve, reject) => {
      channel.on('error', reject)
      const take = (message: { content: Buffer } | null) => {
        if (message !== null) bodies.push(message.content.toString('latin1', 0, 12).replace(/\..*/, ''))
        if (bodies.length === messageCount) resolve()
      }
      channel.consume(queue, take, { noAck: true }).catch(reject)
    })
    return bodies
  })

/** Bodies that a run has parked. */
async function parkedBy({ home }: Scene): Promise<string[]> {
  const file = join(home, 'runs', await runOf(home), 'parked.ndjson')
  const text = await readFile(file, 'utf8').catch(() => '')
  const values = text.split('\n').flatMap(line => (line === '' ? [] : [String(JSON.parse(line).value)]))
  return values.map(value => Buffer.from(value, 'base64').toString('latin1').replace(/\..*/, ''))
}

/** Where the messages of a backlog are now: in the lanes, in the source, parked. */
export type Whereabouts = { readonly copies: string[]; readonly left: string[]; readonly parked: string[] }

/** Takes everything out of lanes and source. Fails when a message is nowhere, or is there twice more often than the run told. */
export async function expectWhole(scene: Scene, { duplicatesAtMost, ledger }: Told): Promise<Whereabouts> {
  const copies: string[] = []
  for (const lane of await lanesOf(scene)) copies.push(...(await takeAll(scene.server, lane)))
  const left = await takeAll(scene.server, scene.queue)
  const parked = await parkedBy(scene)
  const all = [...copies, ...left, ...parked]
  const seen = new Set(all)
  expect(scene.bodies.filter(body => !seen.has(body))).toEqual([])
  expect(all.length - scene.bodies.length).toBeLessThanOrEqual(Number(duplicatesAtMost))
  expect(parked).toHaveLength(Number(ledger.parked))
  return { copies, left, parked }
}

/** Names of all queues and exchanges of the virtual host `/`. */
export async function namesOn(server: Server): Promise<string[]> {
  const [queues, exchanges] = await Promise.all(
    ['queues', 'exchanges'].map(kind =>
      api(server, `${kind}/%2F?columns=name&disable_stats=true&enable_queue_totals=true`),
    ),
  )
  return [...(queues as { name: string }[]), ...(exchanges as { name: string }[])].map(({ name }) => name).sort()
}

export type No = { readonly code: number | null; readonly error: NonNullable<Told['error']>; readonly all: string }

/** Runs a drain that must say no: one message, a hint, no run folder. */
export async function saysNo(source: string, flags: readonly string[] = [], env: Env = {}): Promise<No> {
  const home = await newHome()
  const finished = await spillway(['drain', source, ...GO, ...flags], { home, env })
  expect(await runsOf(home)).toEqual([])
  expect(finished.stderr.match(/^spillway: /gm)).toHaveLength(1)
  const { error } = told(finished)
  if (error === undefined) throw new Error(`it said yes: ${finished.stdout}`)
  expect(error.hint).not.toBe('')
  return { code: finished.code, error, all: finished.stdout + finished.stderr }
}

import { rm } from 'node:fs/promises'
import { newestRun, newHome } from '../homes.js'
import { Life, lastWords, wasKilled } from '../life.js'
import type { Ended } from '../processes.js'
import type { Outcome, Verdict } from '../scene.js'
import { addressOf, type RabbitWorld } from './copy.js'
import { judge, type Truth } from './judge.js'
import { laneQueuesOf, told, wrongSheet } from './sheet.js'
import { takeAll } from './witness.js'

/** Points at which messages are delivered and nothing is acked, so that each kill costs the head of the queue a delivery. */
const DEATHS = ['before-publish', 'after-publish', 'after-confirm', 'before-ack'] as const

const RAISED = 1000
const TRIES = 3

export type Siege = {
  /** The queue to make; a policy on it may set the delivery-limit. */
  readonly queue: string
  /** Kills in a row; the run must have refused before. */
  readonly kills: number
}

/**
 * Kills a drain of a quorum queue, and each resume, before anything is acked, until it refuses to go on near the delivery-limit. Then raises
 * the limit as the hint says and resumes: every message must be there.
 */
export async function siege(world: RabbitWorld, { queue, kills }: Siege): Promise<Outcome> {
  const startedAt = Date.now()
  const { queues } = world
  const truth = await queues.fill(queue, 'quorum')
  const life = new Life(world, await newHome(), { always: ['--management', queues.place.managementUrl] })
  const verdict = await verdictOn({ world, life, truth }, { queue, kills })
  if (verdict.problems.length === 0) {
    await queues.remove(queue)
    await rm(life.home, { recursive: true })
  }
  const { executions, killed, blows, home } = life
  const seconds = (Date.now() - startedAt) / 1000
  const order = { mode: 'siege', source: 'quorum' }
  return { order, settings: '', messages: truth.size, executions, killed, blows, seconds, home, ...verdict }
}

type Besieged = { readonly world: RabbitWorld; readonly life: Life; readonly truth: Truth }

async function verdictOn({ world, life, truth }: Besieged, { queue, kills }: Siege): Promise<Verdict> {
  const refused = await besiege(world, life, { queue, kills })
  if (!isRefused(refused)) return wrong('did not refuse', refused)
  const resume = ['resume', (await newestRun(life.home)) ?? '']
  // Each look at the head would cost it one more of the deliveries that are left.
  const again = await life.live(resume)
  if (!isRefused(again) || !again.out.includes('Nothing was touched')) return wrong('touched the queue again', again)
  await world.queues.limitDeliveries(`raised-${queue}`, `^${queue}$`, RAISED)
  let ended = await life.live(resume)
  // A busy server may be later still to say so; nothing is touched until then.
  for (let again = 0; isRefused(ended) && again < TRIES; again++) ended = await life.live(resume)
  if (ended.code !== 0) return wrong('did not resume once the limit was raised', ended)
  const { found, problems } = await wholeOf({ world, life, truth }, queue, ended)
  return { found: `${found}, refused by name (${JSON.parse(refused.out).error.message})`, problems }
}

/** Every message must be there, and nothing temporary once they are read. */
async function wholeOf({ world, life, truth }: Besieged, queue: string, ended: Ended): Promise<Verdict> {
  const said = told(ended.out)
  const all = await takeAll(world.queues.place, [...(await laneQueuesOf(life.home, said.run)), queue])
  const { problems, twice } = judge(all, truth, { order: false })
  const most = said.duplicatesAtMost
  const beyond = twice > most ? [`${twice} there twice, ${most} at most by the report`] : []
  const restored = await life.live(['restore', said.run, '--execute', '--yes', '--wait', '30s'])
  const left = restored.code === 0 ? [] : ['could not be restored', ...lastWords(restored)]
  const sheet = wrongSheet(said, truth.size)
  return { found: `whole, ${twice} twice of ${most} at most`, problems: [...sheet, ...problems, ...beyond, ...left] }
}

const isRefused = ({ code, out }: Ended): boolean => code === 4 && JSON.parse(out).error?.code === 'delivery-limit'

async function besiege(world: RabbitWorld, life: Life, { queue, kills }: Siege): Promise<Ended> {
  const begin = ['drain', addressOf(world, queue), '--lanes', '3', '--execute', '--yes']
  for (;;) {
    const run = await newestRun(life.home)
    const args = run === undefined ? begin : ['resume', run]
    const death = DEATHS[world.random() % DEATHS.length] as string
    const ended = await (life.killed.length < kills ? life.risk(args, death) : life.live(args))
    if (!wasKilled(ended)) return ended
  }
}

const wrong = (what: string, ended: Ended): Verdict => ({
  found: '',
  problems: [`${what}: ended with ${ended.code ?? ended.signal}`, ...lastWords(ended)],
})

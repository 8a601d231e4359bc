import { rm } from 'node:fs/promises'
import { deleteGroup, deleteTopic } from '../../src/brokers/kafka/admin/deletions.js'
import type { Link } from '../../src/brokers/kafka/link.js'
import { fraction, type Random } from '../../src/lab/fill/random.js'
import type { Backlogs } from './backlogs.js'
import { newestRun, newHome } from './homes.js'
import { type Ended, runProgram } from './processes.js'
import { MODES, type Pairing } from './sources.js'
import { readPlan, violations } from './verify.js'
import type { Place } from './witness.js'

/** What all copies of a chaos run share. */
export type World = {
  readonly place: Place
  readonly link: Link
  readonly backlogs: Backlogs
  readonly random: Random
  /** The `spillway` under test, as Node runs it. */
  readonly bin: string
  /** Kills the broker and starts it again; absent where it is not ours to kill. */
  readonly restartBroker?: () => Promise<void>
}

export type Order = Pairing & { readonly name: string; readonly kills: number; readonly brokerKill: boolean }

export type Outcome = {
  readonly order: Order
  readonly settings: string
  readonly executions: number
  readonly kills: number
  readonly killedBefore: readonly string[]
  readonly brokerKills: number
  readonly records: number
  readonly seconds: number
  readonly problems: readonly string[]
  /** The run's home: kept where something was wrong. */
  readonly home: string
}

const MOST_EXECUTIONS = 40
const TIMEOUT_MS = 120_000
const FACTORS = ['2', '5', '10'] as const
const COMPRESS = ['none', 'lz4', 'zstd', 'gzip', 'snappy'] as const

/** Drains one backlog into a temporary topic, killed again and again, and checks what came of it. */
export async function copyOnce(world: World, order: Order): Promise<Outcome> {
  const startedAt = Date.now()
  const home = await newHome()
  const backlog = await world.backlogs.for(order.source, order.name)
  const settings = drawSettings(world.random, order, backlog.truth.records)
  const address = `kafka://${world.place.brokers.join(',')}/${backlog.topic}?group=${order.name}`
  const begin = ['drain', address, ...settings, '--execute', '--consumers-stopped', '--yes']
  const life = await liveThrough(world, { order, home, begin })
  const problems =
    life.ended.code === 0
      ? await violations({ ...world, home, mode: order.mode, backlog, printed: life.ended.out })
      : [`ended with ${life.ended.code ?? life.ended.signal} instead of 0`, ...tail(life.ended)]
  if (problems.length === 0) await tidy(world, { home, group: order.name })
  const { executions, kills, brokerKills, killedBefore } = life
  const seconds = (Date.now() - startedAt) / 1000
  const words = settings.slice(2).join(' ')
  return {
    order,
    settings: words,
    executions,
    kills,
    killedBefore,
    brokerKills,
    records: backlog.truth.records,
    seconds,
    problems,
    home,
  }
}

function drawSettings(random: Random, { mode }: Order, records: number): string[] {
  const draw = () => fraction(random())
  const pick = (from: readonly string[]) => from[Math.floor(draw() * from.length)] as string
  const rate = draw() < 0.6 ? ['--rate', String(Math.ceil(records / (2 + 3 * draw())))] : []
  const compress = draw() < 0.3 ? ['--compress', pick(COMPRESS)] : []
  return [...MODES[mode], '--factor', pick(FACTORS), ...rate, ...compress]
}

type Life = { ended: Ended; executions: number; kills: number; brokerKills: number; killedBefore: string[] }

async function liveThrough(
  world: World,
  { order, home, begin }: { order: Order; home: string; begin: readonly string[] },
): Promise<Life> {
  const life = { executions: 0, kills: 0, brokerKills: 0, killedBefore: [] as string[] }
  for (;;) {
    const run = await newestRun(home)
    const args = run === undefined ? begin : ['resume', run]
    life.executions++
    const breakBroker = order.brokerKill && life.brokerKills === 0 && life.kills >= order.kills / 2
    const doomed = !breakBroker && life.kills < order.kills
    const killAfterMs = doomed ? { killAfterMs: killMoment(world.random) } : {}
    const running = runProgram(process.execPath, [world.bin, ...args, '--output', 'json'], {
      ...killAfterMs,
      timeoutMs: TIMEOUT_MS,
      env: { SPILLWAY_HOME: home },
    })
    if (breakBroker) life.brokerKills += await breakSoon(world)
    const ended = await running
    const again = ended.signal === 'SIGKILL' && doomed
    if (again) {
      life.kills++
      life.killedBefore.push(run === undefined ? 'drain' : 'resume')
    }
    // A broker that dies may end an execution, as long as `resume` goes on from there.
    const mayResume = again || (breakBroker && ended.code === 1 && ended.out !== '')
    if (!mayResume || life.executions >= MOST_EXECUTIONS) return { ...life, ended }
  }
}

/** One in six while it starts; the others while it copies. Milliseconds. */
function killMoment(random: Random): number {
  const draw = fraction(random())
  return fraction(random()) < 1 / 6 ? 900 * draw : 700 + 2000 * draw
}

async function breakSoon({ restartBroker, random }: World): Promise<number> {
  if (!restartBroker) return 0
  await new Promise(resolve => setTimeout(resolve, 600 + 1500 * fraction(random())))
  await restartBroker()
  return 1
}

async function tidy({ link }: World, { home, group }: { home: string; group: string }): Promise<void> {
  const run = await newestRun(home)
  if (run !== undefined) await deleteTopic(link, (await readPlan(home, run)).targetTopic)
  await deleteGroup(link, group)
  await rm(home, { recursive: true })
}

const tail = ({ out, err }: Ended): string[] => [out, err].map(text => text.slice(-1500)).filter(text => text !== '')

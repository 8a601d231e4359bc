import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, vi } from 'vitest'
import { type Finished, type Running, spawnSpillway, spillway } from '../live/kafka-lab.js'
import type { Backlog, Broker, How } from './broker.js'
import { type Envelope, type ErrorTold, expectEnvelope, expectErrorAlone } from './envelope.js'
import { messages } from './messages.js'

/** A backlog, and a home for whoever drains it. */
export type Scene = { readonly broker: Broker; readonly backlog: Backlog; readonly home: string }

// A test is a dozen commands and a few readers, each of them a process: a loaded machine takes minutes.
vi.setConfig({ testTimeout: 300_000 })

const homes: string[] = []
afterAll(() => Promise.all(homes.splice(0).map(home => rm(home, { recursive: true, force: true }))))

export async function newHome(): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'spillway-contract-'))
  homes.push(home)
  return home
}

/** A backlog of so many messages, and a home. */
export async function aScene(broker: Broker, count: number, how?: How): Promise<Scene> {
  const backlog = await broker.backlog(messages(count), how)
  expect(await broker.left(backlog), 'messages of the backlog').toBe(count)
  return { broker, backlog, home: await newHome() }
}

type Env = Readonly<Record<string, string>>

/** The verbs that take flags of how to reach a broker. */
const CONNECTING = new Set(['survey', 'drain', 'discard', 'replay', 'apply', 'resume', 'restore', 'report'])

const full = ({ broker }: Pick<Scene, 'broker'>, args: readonly string[]): string[] =>
  CONNECTING.has(args[0] ?? '') || args.includes('--cluster') ? [...args, ...broker.reach] : [...args]

/** Runs a command in the scene's home, to its end. */
export const run = (scene: Pick<Scene, 'broker' | 'home'>, args: readonly string[], env: Env = {}): Promise<Finished> =>
  spillway(full(scene, args), { home: scene.home, env })

/** What an operator adds who has looked at the plan. */
export const GO = ['--execute', '--yes']
export const JSON_OUT = ['--output', 'json']
const LANES = 4
const drainArgs = ({ backlog }: Scene, flags: readonly string[]): string[] => [
  'drain',
  backlog.source,
  '--lanes',
  String(LANES),
  '--consumers-stopped',
  ...flags,
]

/** A dry run of a drain into four lanes. */
export const plan = (scene: Scene, flags: readonly string[] = []): Promise<Finished> =>
  run(scene, drainArgs(scene, [...JSON_OUT, ...flags]))

/** Drains into four lanes. */
export const drain = (scene: Scene, flags: readonly string[] = [], env: Env = {}): Promise<Finished> =>
  run(scene, drainArgs(scene, [...GO, ...JSON_OUT, ...flags]), env)

/** Starts a drain that the test steers, stops or kills. */
export const startDrain = (scene: Scene, flags: readonly string[] = []): Running =>
  spawnSpillway(full(scene, drainArgs(scene, [...GO, ...JSON_OUT, ...flags])), { home: scene.home })

/** Starts a discard of all that the test steers or stops. */
export const startDiscard = (scene: Scene, flags: readonly string[]): Running =>
  spawnSpillway(full(scene, ['discard', scene.backlog.source, '--all', '--consumers-stopped', ...flags]), {
    home: scene.home,
  })

/** Lets all of a scene's backlog go, and gives the id of the run, whose archive has it. */
export async function letGo(scene: Scene): Promise<string> {
  const { name, source } = scene.backlog
  const args = ['discard', source, '--all', '--consumers-stopped', '--confirm', name, '--execute', ...JSON_OUT]
  return told(await run(scene, args)).run
}

/** The one JSON document on standard output. Fails with all that was said where there is none, or another exit code. */
export function document({ code, stdout, stderr }: Finished, exit = 0): object {
  expect(code, `${stdout}\n${stderr}`).toBe(exit)
  const told: unknown = JSON.parse(stdout)
  if (typeof told === 'object' && told !== null) return told
  throw new Error(`no document: ${stdout}`)
}

/** The envelope that a command printed. */
export const told = (finished: Finished, { exit = 0, more = [] }: { exit?: number; more?: string[] } = {}): Envelope =>
  expectEnvelope(document(finished, exit), more)

/** The error of a command that began nothing: the same on standard output and, once, on standard error. */
export function refused(finished: Finished, exit: number): ErrorTold {
  const error = expectErrorAlone(document(finished, exit))
  expect(finished.stderr.match(/^spillway: /gm)).toHaveLength(1)
  expect(finished.stderr).toContain(error.message)
  return error
}

/** The ids of a home's runs. */
export async function runsOf({ home }: Pick<Scene, 'home'>): Promise<string[]> {
  const names = await readdir(join(home, 'runs')).catch(() => [])
  return names.filter(name => !name.startsWith('.'))
}

/** The one run of a home, as soon as it is there. */
export async function runOf(scene: Scene): Promise<string> {
  await expect.poll(() => runsOf(scene), { timeout: 120_000 }).toHaveLength(1)
  return (await runsOf(scene))[0] ?? ''
}

/** Where a run stands. */
export const statusOf = async (scene: Scene, id: string): Promise<Envelope> =>
  told(await run(scene, ['status', id, ...JSON_OUT]))

/** Resolves once `status` of a run is as wanted. */
export const reaches = (scene: Scene, id: string, fits: (status: Envelope) => boolean): Promise<void> =>
  expect.poll(async () => fits(await statusOf(scene, id)), { timeout: 120_000 }).toBe(true)

/** Carries a slow run on, fast. */
export const carryOn = (scene: Scene, id: string, flags: readonly string[] = []): Promise<Finished> =>
  run(scene, ['resume', id, '--rate', '1M', ...JSON_OUT, ...flags])

/** A drain that is at work, slowly enough to be steered. */
export async function underWay(scene: Scene, rate = '100') {
  const running = startDrain(scene, ['--rate', rate])
  const id = await runOf(scene)
  await reaches(scene, id, ({ ledger }) => ledger.read !== '0')
  return { running, id }
}

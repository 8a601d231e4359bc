import { join } from 'node:path'
import { expect } from 'vitest'
import { archivedMessages } from '../chaos/rabbitmq/archived.js'
import { runOf, type Told } from './fault-harness.js'
import { type Finished, type Running, spawnSpillway } from './kafka-lab.js'
import { run, type Scene, takeAll } from './rabbit-fault-harness.js'
import type { Witnessed } from './rabbit-lab.js'

const SCOPES = /^--(all|older-than|until)$/
type Env = Readonly<Record<string, string>>

const command = ({ source, queue, server }: Scene, flags: readonly string[]) => [
  ...['discard', source, '--confirm', queue, '--management', server.managementUrl],
  ...['--execute', '--yes', '--output', 'json', ...(flags.some(flag => SCOPES.test(flag)) ? [] : ['--all']), ...flags],
]

/** Discards to the end; all, unless the flags say what. */
export const discard = (scene: Scene, flags: readonly string[] = [], env: Env = {}): Promise<Finished> =>
  startDiscard(scene, flags, env).finished

/** Starts a discard that the test watches or breaks. */
export const startDiscard = (scene: Scene, flags: readonly string[] = [], env: Env = {}): Running =>
  spawnSpillway(command(scene, flags), { home: scene.home, env })

/** What a discard would do. */
export const planned = ({ source, ...scene }: Scene, flags: readonly string[]): Promise<Finished> =>
  run(scene, ['discard', source, '--output', 'json', ...flags])

/** Where the one run of a home keeps what goes, unless it was told otherwise. */
export const archiveOf = async ({ home }: Pick<Scene, 'home'>): Promise<string> =>
  join(home, 'runs', await runOf(home), 'archive')

/** The messages of an archive in their order, decoded by Python's pika. */
export const kept = (folder: string): Promise<Witnessed[]> => archivedMessages<Witnessed>(folder)

const NAMED = /^(\d+)\.*$/

/** What the bodies of an archive begin with, in its order. */
export async function bodiesKept(scene: Scene, folder?: string): Promise<string[]> {
  const messages = await kept(folder ?? (await archiveOf(scene)))
  return messages.map(({ body }) => NAMED.exec(Buffer.from(body, 'base64').toString('latin1'))?.[1] ?? '?')
}

/** Takes everything out of the queue. Fails when a message is nowhere, or twice in the archive other than as often as the run told. */
export async function expectKept(
  scene: Scene,
  { duplicatesAtMost, ledger }: Pick<Told, 'duplicatesAtMost' | 'ledger'>,
  folder?: string,
): Promise<{ readonly archive: string[]; readonly left: string[] }> {
  const archive = await bodiesKept(scene, folder)
  const left = await takeAll(scene.server, scene.queue)
  const seen = new Set([...archive, ...left])
  expect(scene.bodies.filter(body => !seen.has(body))).toEqual([])
  expect(Number(ledger.dropped)).toBe(scene.bodies.length - left.length)
  expect(archive.length + left.length - scene.bodies.length).toBe(Number(duplicatesAtMost))
  return { archive, left }
}

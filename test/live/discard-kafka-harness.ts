import { join } from 'node:path'
import { expect } from 'vitest'
import { committedOffsets } from '../../src/brokers/kafka/admin/offsets.js'
import { archiveProblems, type Kept } from '../chaos/kafka/archived.js'
import { onLink, runOf, type Scene, type Told, told } from './fault-harness.js'
import { type Finished, type Running, spawnSpillway, spillway } from './kafka-lab.js'

const GO = ['--execute', '--consumers-stopped', '--output', 'json']

const command = ({ source, topic }: Scene, flags: readonly string[]) => [
  'discard',
  source,
  '--confirm',
  topic,
  ...GO,
  ...(flags.some(flag => SCOPES.has(flag)) ? flags : ['--all', ...flags]),
]

const SCOPES = new Set(['--all', '--older-than', '--until'])

/** Discards to the end; all, unless the flags say what. */
export const discard = (scene: Scene, flags: readonly string[] = [], env = {}): Promise<Finished> =>
  spillway(command(scene, flags), { home: scene.home, env })

/** Starts a discard that the test watches or breaks. */
export const startDiscard = (scene: Scene, flags: readonly string[] = []): Running =>
  spawnSpillway(command(scene, flags), { home: scene.home })

/** Carries the one run of the home on. */
export const resume = async (scene: Scene): Promise<Finished> =>
  spillway(['resume', await runOf(scene.home), '--output', 'json'], { home: scene.home })

/** The envelope of a command that ended well. */
export function complete(finished: Finished): Told {
  expect(finished.code, finished.stdout + finished.stderr).toBe(0)
  const envelope = told(finished)
  expect(envelope).toMatchObject({ state: 'complete', balanced: true })
  return envelope
}

/** Where the group stands on each partition, and what is beside it. */
export const standing = (scene: Scene) =>
  onLink(scene.broker, async link => {
    const commits = (await committedOffsets(link, scene.group, { topic: scene.topic })).get(scene.topic)
    return [...(commits ?? [])].sort(([a], [b]) => a - b).map(([, { offset, metadata }]) => ({ offset, metadata }))
  })

/** The folder of the one run's archive. */
export const archiveOf = async ({ home }: Pick<Scene, 'home'>): Promise<string> =>
  join(home, 'runs', await runOf(home), 'archive')

/** Fails unless the archive holds exactly what went, as the broker has it. */
export async function keptExactly(scene: Scene, { lanes, ledger }: Pick<Told, 'lanes' | 'ledger'>): Promise<void> {
  const folder = await archiveOf(scene)
  const kept: readonly Kept[] = lanes
  const asked = { folder, topic: scene.topic, lanes: kept, records: Number(ledger.dropped) }
  expect(await onLink(scene.broker, link => archiveProblems(link, asked))).toEqual([])
}

import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ProcessMark } from '../process.js'
import type { KafkaLabOptions } from './options.js'
import type { NodePorts } from './properties.js'

/** A node as recorded: its ports, and the process or container that runs it. */
export type NodeState = NodePorts & { readonly process?: ProcessMark; readonly container?: string }

/** What `state.json` in a lab's folder holds: enough for another process to look at, restart and end the lab. */
export type LabState = {
  readonly service: 'kafka'
  readonly options: KafkaLabOptions
  readonly source: 'docker' | 'java'
  readonly release: string
  readonly clusterId: string
  readonly libs: string
  readonly nodes: readonly NodeState[]
  /** The process that must live for the lab to be wanted; absent for `lab up`. */
  readonly owner?: ProcessMark
}

export const labFolder = (home: string, name: string): string => join(home, 'kafka', name)

/** Writes the state so that a reader sees the old one or the new one, never half of it. */
export async function writeState(folder: string, state: LabState): Promise<void> {
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, '.state.json'), JSON.stringify(state, undefined, 2))
  await rename(join(folder, '.state.json'), join(folder, 'state.json'))
}

/** The lab of this name, or undefined when there is none. */
export async function readState(home: string, name: string): Promise<LabState | undefined> {
  const text = await absent(readFile(join(labFolder(home, name), 'state.json'), 'utf8'))
  return text === undefined ? undefined : (JSON.parse(text) as LabState)
}

/** Every lab in the lab folder, by name. */
export async function readStates(home: string): Promise<LabState[]> {
  const names = (await absent(readdir(join(home, 'kafka')))) ?? []
  const states = await Promise.all(names.sort().map(name => readState(home, name)))
  return states.filter(state => state !== undefined)
}

async function absent<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined
    throw error
  }
}

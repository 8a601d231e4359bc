import { join } from 'node:path'
import type { ProcessMark } from '../process.js'
import { readStateFile, readStateFiles, writeStateFile } from '../state-file.js'
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
export const writeState = (folder: string, state: LabState): Promise<void> => writeStateFile(folder, state)

/** The lab of this name, or undefined when there is none. */
export const readState = (home: string, name: string): Promise<LabState | undefined> =>
  readStateFile(labFolder(home, name))

/** Every lab in the lab folder, by name. */
export const readStates = (home: string): Promise<LabState[]> => readStateFiles(join(home, 'kafka'))

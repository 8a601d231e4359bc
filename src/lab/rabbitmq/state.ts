import { join } from 'node:path'
import type { ProcessMark } from '../process.js'
import { readStateFile, readStateFiles } from '../state-file.js'
import type { RabbitLabOptions, RabbitPorts } from './options.js'
import type { Programs } from './unpack.js'

/** What `state.json` in a lab's folder holds: enough for another process to look at, restart and end the lab. */
export type RabbitState = {
  readonly service: 'rabbitmq'
  readonly options: RabbitLabOptions
  readonly source: 'docker' | 'machine'
  /** What the server said when it first answered; absent before. */
  readonly release?: string
  readonly ports: RabbitPorts
  /** Absent where Docker runs it. */
  readonly programs?: Programs
  /** The Erlang VM, and the lab's own port mapper. */
  readonly process?: ProcessMark
  readonly epmd?: ProcessMark
  readonly container?: string
  /** The process that must live for the lab to be wanted; absent for `lab up`. */
  readonly owner?: ProcessMark
}

export const rabbitFolder = (home: string, name: string): string => join(home, 'rabbitmq', name)

/** The lab of this name, or undefined when there is none. */
export const readRabbit = (home: string, name: string): Promise<RabbitState | undefined> =>
  readStateFile(rabbitFolder(home, name))

/** Every RabbitMQ lab in the lab folder, by name. */
export const readRabbits = (home: string): Promise<RabbitState[]> => readStateFiles(join(home, 'rabbitmq'))

import { hasEnded, isRunning, signal } from '../process.js'
import { formatNode, logTail, spawnNode } from './java-node.js'
import type { LabState, NodeState } from './state.js'

/** What runs a lab's brokers: processes of this machine, or containers. One node is named by its state. */
export type Runner = {
  /** Writes configuration and an empty formatted data folder, once. */
  prepare(folder: string, state: LabState, node: NodeState): Promise<void>
  /** Starts the broker; resolves with what identifies it, before it is ready. */
  start(folder: string, state: LabState, node: NodeState): Promise<Pick<NodeState, 'process' | 'container'>>
  isUp(node: NodeState): Promise<boolean>
  /** Returns false when there was nothing to signal. */
  signal(node: NodeState, name: NodeJS.Signals): Promise<boolean>
  hasEnded(node: NodeState, milliseconds: number): Promise<boolean>
  /** The last lines of the broker's log. */
  tail(folder: string, node: NodeState): Promise<string[]>
  /** After the last broker has ended: whatever else was made outside the lab's folder. */
  cleanUp(state: LabState): Promise<void>
}

/** Brokers as Java processes of this machine, recognised by process id and start time. */
export const javaRunner: Runner = {
  prepare: formatNode,
  start: async (folder, state, node) => ({ process: await spawnNode(folder, state, node.id) }),
  isUp: async node => node.process !== undefined && isRunning(node.process),
  signal: async (node, name) => node.process !== undefined && signal(node.process, name),
  hasEnded: async (node, milliseconds) => node.process === undefined || hasEnded(node.process, milliseconds),
  tail: (folder, node) => logTail(folder, node.id),
  cleanUp: async () => undefined,
}

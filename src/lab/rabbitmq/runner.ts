import type { RabbitState } from './state.js'

/** What runs a lab's node: a process of this machine, or a container. */
export type RabbitRunner = {
  /** Writes the configuration, once. */
  prepare(folder: string, state: RabbitState): Promise<void>
  /** Starts the node; resolves with what identifies it, before it is ready. */
  start(folder: string, state: RabbitState): Promise<Pick<RabbitState, 'process' | 'epmd' | 'container'>>
  isUp(state: RabbitState): Promise<boolean>
  /** Returns false when there was nothing to signal. */
  signal(state: RabbitState, name: NodeJS.Signals): Promise<boolean>
  hasEnded(state: RabbitState, milliseconds: number): Promise<boolean>
  /** Runs rabbitmqctl against the node. Throws a UserError when it fails. */
  ctl(folder: string, state: RabbitState, args: readonly string[]): Promise<string>
  /** The last lines of the node's log. */
  tail(folder: string, state: RabbitState): Promise<string[]>
  /** After the node has ended: whatever else was made outside the lab's folder. */
  cleanUp(state: RabbitState): Promise<void>
}

import type { ServerRunner } from '../one-server.js'
import type { RabbitState } from './state.js'

/** What runs a lab's node: a process of this machine, or a container. */
export type RabbitRunner = ServerRunner<RabbitState> & {
  /** Writes the configuration, once. */
  prepare(folder: string, state: RabbitState): Promise<void>
  /** Runs rabbitmqctl against the node. Throws a UserError when it fails. */
  ctl(folder: string, state: RabbitState, args: readonly string[]): Promise<string>
}

import type { ServerRunner } from '../one-server.js'
import type { PostgresState } from './state.js'

/** What runs a lab's server: a process of this machine, or a container. */
export type PostgresRunner = ServerRunner<PostgresState> & {
  /** Makes the data folder, once; `password` becomes the user's. */
  prepare(folder: string, state: PostgresState, password: string): Promise<void>
}

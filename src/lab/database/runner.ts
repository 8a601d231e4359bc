import type { ServerRunner } from '../one-server.js'
import type { DatabaseState } from './state.js'

/** What runs a lab's server: a process of this machine, or a container. */
export type DatabaseRunner = ServerRunner<DatabaseState> & {
  /** Makes the data folder, once; `password` becomes the user's. */
  prepare(folder: string, state: DatabaseState, password: string): Promise<void>
}

import type { ServerRunner } from '../one-server.js'
import type { MysqlState } from './state.js'

/** What runs a lab's server: a process of this machine, or a container. */
export type MysqlRunner = ServerRunner<MysqlState> & {
  /** Makes the data folder, once; `password` becomes the user's. */
  prepare(folder: string, state: MysqlState, password: string): Promise<void>
}

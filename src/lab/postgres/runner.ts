import type { PostgresState } from './state.js'

/** What runs a lab's server: a process of this machine, or a container. */
export type PostgresRunner = {
  /** Makes the data folder, once; `password` becomes the user's. */
  prepare(folder: string, state: PostgresState, password: string): Promise<void>
  /** Starts the server; resolves with what identifies it, before it is ready. */
  start(folder: string, state: PostgresState): Promise<Pick<PostgresState, 'process' | 'container'>>
  isUp(state: PostgresState): Promise<boolean>
  /** Returns false when there was nothing to signal. */
  signal(state: PostgresState, name: NodeJS.Signals): Promise<boolean>
  hasEnded(state: PostgresState, milliseconds: number): Promise<boolean>
  /** The last lines of the server's log. */
  tail(folder: string, state: PostgresState): Promise<string[]>
  /** After the server has ended: whatever was made outside the lab's folder. */
  cleanUp(state: PostgresState): Promise<void>
}

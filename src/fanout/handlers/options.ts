import type { Sender } from '../ports.js'

/** What every kind of handler needs besides its plan. */
export type HandlerOptions = {
  /** Handlers at work at once: commands, processes, threads. */
  readonly workers: number
  /** Messages in flight in each of them. */
  readonly concurrency: number
  /** Milliseconds that one try of one message may take. */
  readonly timeoutMs: number
  /** Environment of commands and workers; Spillway's own secrets are taken out. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Folder in which commands run, and from which a module's path is read. */
  readonly cwd: string
  /** Takes what a person should read of a handler: told once each, bounded. */
  readonly stderr?: (line: string) => void
  /** Takes each line that commands and workers print of their own accord (`--verbose`); without it they are dropped. */
  readonly output?: (line: string) => void
  /** Milliseconds before a dead worker or thread is started again, by its deaths in a row; one death more ends the run. */
  readonly restartsMs?: readonly number[]
  /** For `to`; whoever opened it ends it. */
  readonly sender?: Sender
  /** For `http`: Basic authentication, where the URL carries none. */
  readonly credentials?: { readonly username: string; readonly password: string }
  /** Milliseconds since the epoch, for Retry-After dates. */
  readonly now?: () => number
}

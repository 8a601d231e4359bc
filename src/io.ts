import type { ExitCode } from './errors.js'

/** The process as commands see it; tests pass their own. Results go to `out`, progress and errors to `err`. */
export interface Io {
  readonly out: NodeJS.WritableStream
  readonly err: NodeJS.WritableStream
  readonly env: Readonly<Record<string, string | undefined>>
  /** Standard input, for `answer yes` prompts; never read unless `interactive`. */
  readonly in: NodeJS.ReadableStream
  /** Both stdin and stderr are terminals: somebody can answer a question. */
  readonly interactive: boolean
  readonly now: () => Date
  /** Aborts at the first Ctrl-C or SIGTERM: take no more. */
  readonly soft: AbortSignal
  /** Aborts at the second: abandon what is in flight. */
  readonly hard: AbortSignal
  /** What the process will exit with; set by the command that ran. */
  exitCode: ExitCode
}

/** How to present: resolved once from flags and terminal. */
export type Presentation = { readonly format: 'text' | 'json'; readonly color: boolean; readonly quiet: boolean }

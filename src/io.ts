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
  /** Aborts at the first Ctrl-C, SIGTERM or SIGHUP: take no more. */
  readonly soft: AbortSignal
  /** Aborts at the second: abandon what is in flight. */
  readonly hard: AbortSignal
  /** Aborts when nobody reads standard output any more (`| head`): a loop that only prints ends then, a run goes on. */
  readonly outClosed?: AbortSignal
  /** Passwords seen in this process, added by whoever reads one; masked in every error that is printed. */
  readonly secrets?: Set<string>
  /** What the process will exit with; set by the command that ran. */
  exitCode: ExitCode
}

/** How to present: resolved once from flags and terminal. */
export type Presentation = {
  readonly format: 'text' | 'json'
  readonly color: boolean
  readonly quiet: boolean
  /** Say where each setting came from. */
  readonly verbose?: boolean
}

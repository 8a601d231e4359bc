import { CommanderError } from 'commander'
import { maskAddress } from '../core/address.js'
import { Bug, type Detail, EXIT, type ExitCode, RunError, SpillwayError, Stopped, UserError } from '../errors.js'
import type { Io } from '../io.js'
import { toJson } from './json.js'

/** What stands under `error` in JSON. */
export type ErrorDocument = {
  readonly code: string
  readonly message: string
  readonly hint: string
  readonly details: readonly Detail[]
}

/** An error as JSON holds it, passwords masked. `secrets` are texts that must not appear. */
export const errorDocument = (error: SpillwayError, secrets: ReadonlySet<string> = new Set()): ErrorDocument => ({
  code: error.code,
  message: mask(error.message, secrets),
  hint: mask(error.hint, secrets),
  details: error.details.map(detail => ({ ...detail, message: mask(detail.message, secrets) })),
})

/** An error as text: what happened, all details, then what to do next. Passwords masked; ends with a newline. */
export const errorText = (error: SpillwayError, secrets: ReadonlySet<string> = new Set()): string => {
  const { message, hint, details } = errorDocument(error, secrets)
  const repeated = details.length === 1 && message.endsWith(details[0]?.message ?? '')
  const shown = repeated || (details.length === 1 && message.startsWith(`${details[0]?.at}: `)) ? [] : details
  const lines = [`spillway: ${message}`, ...shown.map(d => `  ${d.at === undefined ? '' : `${d.at}: `}${d.message}`)]
  return `${[...lines, ...(hint ? [`  ${hint}`] : [])].join('\n')}\n`
}

type Printing = {
  readonly io: Io
  readonly json: boolean
  /** Standard output has a document already. */
  readonly printed: boolean
}

/** Prints whatever was thrown and returns the exit code. Help and version, which commander throws, are no errors. */
export const printError = (thrown: unknown, { io, json, printed }: Printing): ExitCode => {
  if (thrown instanceof CommanderError && thrown.exitCode === 0) return EXIT.complete
  const error = classify(thrown, io.soft)
  io.err.write(errorText(error, io.secrets))
  if (io.env.SPILLWAY_DEBUG) io.err.write(`${mask(stackOf(thrown), io.secrets ?? new Set())}\n`)
  if (json && !printed) io.out.write(toJson({ error: errorDocument(error, io.secrets) }))
  return error.exitCode
}

/** Any thrown value as one of ours: usage errors, stops, files that cannot be opened; the rest is our own mistake. */
export const classify = (thrown: unknown, soft?: AbortSignal): SpillwayError => {
  if (thrown instanceof SpillwayError) return thrown
  if (thrown instanceof CommanderError) return usageError(thrown)
  // Several lanes failed, mostly for one reason; the first that did says how it ended.
  if (thrown instanceof AggregateError && thrown.errors.length > 0) return classify(thrown.errors[0], soft)
  if (thrown instanceof Error && thrown.name === 'AbortError' && soft?.reason instanceof Stopped) return soft.reason
  if (thrown instanceof Error && 'syscall' in thrown && 'code' in thrown) return fileError(thrown, String(thrown.code))
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  return new Bug(message, { cause: thrown })
}

const usageError = (error: CommanderError): UserError => {
  // All that commander says of `help VERB` for a verb that is not there.
  const words = error.message === '(outputHelp)' ? 'There is no such verb' : error.message
  const [first = '', ...rest] = words.replace(/^error: /, '').split('\n')
  const meant = rest.join(' ').replace(/^\(|\)$/g, '')
  return new UserError(first, { hint: meant || '`spillway --help` lists the verbs, `spillway VERB --help` its flags.' })
}

const UNUSABLE = new Set(['ENOENT', 'EACCES', 'EPERM', 'EISDIR', 'ENOTDIR', 'EROFS', 'EEXIST'])

const fileError = (error: Error, code: string): SpillwayError =>
  UNUSABLE.has(code)
    ? new UserError(error.message, {
        code: 'file',
        hint: 'Check that path and who may read and write it.',
        cause: error,
      })
    : new RunError(error.message, { code: 'system', hint: 'The operating system refused this.', cause: error })

const stackOf = (thrown: unknown): string =>
  thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)

// Very short passwords are left: masking them would blank ordinary words, and messages never hold them by design.
const mask = (text: string, secrets: ReadonlySet<string>): string => {
  const long = [...secrets].filter(secret => secret.length >= 4)
  return long.reduce((masked, secret) => masked.replaceAll(secret, '***'), maskAddress(text))
}

/** Exit codes of the contract; `docs/exit-codes.md` explains them to users. */
export const EXIT = {
  complete: 0,
  failed: 1,
  unusable: 2,
  left: 3,
  refused: 4,
  interrupted: 130,
  terminated: 143,
} as const
export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** One problem among several; `at` names the flag, file position or partition it belongs to. */
export type Detail = { readonly at?: string; readonly message: string }

type Options = { code?: string; hint?: string; details?: readonly Detail[]; cause?: unknown }

/** Base of every error that a user may see: what happened (`message`), what to do next (`hint`). */
export abstract class SpillwayError extends Error {
  abstract readonly exitCode: ExitCode
  readonly code: string
  readonly hint: string
  readonly details: readonly Detail[]
  constructor(message: string, options: Options & { code: string }) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = new.target.name
    this.code = options.code
    this.hint = options.hint ?? ''
    this.details = options.details ?? []
  }
}

/** It could not start: usage, address, name that is not there, credentials, permission, unreachable. Exit 2. */
export class UserError extends SpillwayError {
  readonly exitCode = EXIT.unusable
  constructor(message: string, options: Options = {}) {
    super(message, { ...options, code: options.code ?? 'usage' })
  }
}

/** Unsafe now: live members, a claim of another run, a stale plan, a fenced runner. Exit 4. */
export class Refusal extends SpillwayError {
  readonly exitCode = EXIT.refused
  constructor(message: string, options: Options = {}) {
    super(message, { ...options, code: options.code ?? 'refused' })
  }
}

/** A broker said no or went away; `retry` says whether the same request may succeed later. Exit 1. */
export class BrokerError extends SpillwayError {
  readonly exitCode = EXIT.failed
  readonly retry: boolean
  constructor(message: string, options: Options & { retry: boolean }) {
    super(message, { ...options, code: options.code ?? 'broker' })
    this.retry = options.retry
  }
}

/** The run itself went wrong on the way: lost range, full disk of the journal, unbalanced sheet. Exit 1. */
export class RunError extends SpillwayError {
  readonly exitCode = EXIT.failed
  constructor(message: string, options: Options = {}) {
    super(message, { ...options, code: options.code ?? 'failed' })
  }
}

/** Somebody asked it to stop; resumable. */
export class Stopped extends SpillwayError {
  readonly exitCode: ExitCode
  constructor(by: string) {
    super(`Stopped by ${by}`, { code: 'stopped' })
    this.exitCode = by === 'SIGTERM' ? EXIT.terminated : EXIT.interrupted
  }
}

/** Our own mistake: an invariant that does not hold. Exit 1. */
export class Bug extends SpillwayError {
  readonly exitCode = EXIT.failed
  constructor(message: string, options: Options = {}) {
    super(message, {
      code: 'bug',
      hint: 'This is a mistake in Spillway. Please report it with `spillway report RUN --output json`.',
      ...options,
    })
  }
}

/** Something is unsafe for now: the run pauses with this reason, empty-handed, and nothing is lost by it. */
export class HoldError extends Error {
  readonly until: 'clears' | 'operator'
  constructor(reason: string, until: 'clears' | 'operator') {
    super(reason)
    this.name = 'HoldError'
    this.until = until
  }
}

/** A range [from, to) of one lane that is gone: removed by retention or DeleteRecords before it was read. That lane ends. */
export class LostRange extends RunError {
  readonly lane: string
  readonly from: string
  readonly to: string
  constructor(range: { lane: string; from: string; to: string }, why: string) {
    super(`Partition ${range.lane}: offsets ${range.from} to ${range.to} are gone: ${why}`, {
      code: 'lost-range',
      hint: 'The other partitions were copied on. To go on behind the gap, set the group to the end of it and drain again.',
      details: [{ at: range.lane, message: `lost [${range.from}, ${range.to})` }],
    })
    this.lane = range.lane
    this.from = range.from
    this.to = range.to
  }
}

/** Somebody else moved the source position of one lane: [from, to) may have been handled twice. The run ends. */
export class DoubtedRange extends Refusal {
  readonly lane: string
  readonly from: string
  readonly to: string
  constructor(range: { lane: string; from: string; to: string }, why: string) {
    super(`Partition ${range.lane}: ${why}`, {
      code: 'foreign-commit',
      hint: 'Stop whatever commits for this group (consumers with assign(), scripts), then look at the named range before you resume.',
      details: [{ at: range.lane, message: `both may have had [${range.from}, ${range.to})` }],
    })
    this.lane = range.lane
    this.from = range.from
    this.to = range.to
  }
}

import type { Ledger } from './ledger.js'

export type RunState = 'planned' | 'running' | 'held' | 'stopped' | 'complete' | 'failed' | 'undone'

/** The envelope of a run, as every verb prints it with `--output json` and `status` and `runs` repeat it. */
export type Envelope = {
  readonly run: string
  readonly verb: string
  /** Addresses without credentials. */
  readonly source: string
  readonly target: string
  readonly state: RunState
  /** Why a stopped run stopped: `aborted`, a signal, `canary`. */
  readonly reason?: string
  readonly ledger: Ledger
  /** Replays: looked at and left out; not read. Absent where nothing was. */
  readonly skipped?: bigint
  readonly balanced: boolean
  readonly lanes: readonly {
    readonly lane: string
    readonly read: bigint
    readonly written: bigint
    readonly from: string
    readonly to: string
  }[]
  readonly duplicatesAtMost: bigint
  readonly startedAt: string | null
  readonly endedAt: string | null
  readonly messagesPerSecond: number
  readonly bytesPerSecond: number
  /** `keep stopped (N unread in lanes)` or `may start`. */
  readonly originals: string
  readonly held: readonly { readonly reason: string; readonly since: string; readonly seconds: number }[]
  readonly warnings: readonly string[]
  readonly refusals: readonly string[]
  readonly error?: {
    readonly code: string
    readonly message: string
    readonly hint: string
    readonly details: readonly unknown[]
  }
}

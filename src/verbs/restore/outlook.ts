import type { RunSoFar } from '../../core/fold.js'
import type { DrainPlan, Rate } from '../../core/plan.js'
import type { Signals } from '../../core/pump.js'
import type { RunFolder } from '../../journal/run-folder.js'

export type How = 'restore' | 'undo'

/** What is asked of a broker before a run is restored or undone. */
export type RestoreQuestion = {
  readonly plan: DrainPlan
  readonly folder: RunFolder
  readonly how: How
  readonly now: () => Date
  /** Stop softly: take no more; hard: abandon what is in flight. */
  readonly signals: Signals
  /** This process holds the run. */
  readonly claimed: boolean
  /** The operator has said that nobody reads the temporary lanes unseen. */
  readonly confirmed: boolean
  /** They said so by a flag of its own, so that it needs not be asked. */
  readonly vouched: boolean
  readonly lanesGroup?: string | undefined
  /** `--rate`, of an undo that moves messages. */
  readonly rate?: Rate | undefined
  /** `--reason`. */
  readonly reason?: string | undefined
}

/** Everything that decides whether a run may be restored or undone now, and the way to do it. */
export type Outlook = {
  readonly state: RunSoFar
  /** Somebody else holds the run. */
  readonly held: boolean
  /** What forbids it, in words. */
  readonly refusals: readonly string[]
  readonly warnings: readonly string[]
  /** Messages that the lanes hold. */
  readonly unread: bigint
  /** What it deletes and changes, one line each; `deletes` first. */
  readonly words: readonly string[]
  /** What was deleted, once it is done. */
  readonly deletedWords: readonly string[]
  /** What JSON says under `restore`; `deletes` is null where nothing is there. */
  readonly document: { readonly deletes: object | null } & Readonly<Record<string, unknown>>
  /** Asked on a terminal before it is done. */
  readonly question: string
  /** The command's flags that do it. */
  readonly flags: string
  /** Puts out of the way what could interfere, and looks again. Asked once nothing refuses. */
  secure(): Promise<Outlook>
  /** Does it; each step may be repeated after a kill. */
  carryOut(): Promise<void>
  /** Does what a restore that is done had to leave; false where nothing was left. */
  catchUp(): Promise<boolean>
}

/** Whether this very thing was done before. */
export const isDone = ({ state }: Outlook, how: How): boolean =>
  state.restored?.how === how && state.restored.done && (how === 'restore' || state.ending?.kind === 'undone')

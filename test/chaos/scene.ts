import type { Random } from '../../src/lab/fill/random.js'
import type { Life } from './life.js'
import type { Ended } from './processes.js'

/** What every chaos run has, whatever its broker. */
export type World = {
  readonly random: Random
  /** The `spillway` under test, as Node runs it. */
  readonly bin: string
}

/** How to drain, and what: names of the broker's own modes and sources. */
export type Pairing = { readonly mode: string; readonly source: string }

/** An execution that a blow falls on. */
export type Victim = { signal(name: NodeJS.Signals): void }

/** What befalls the broker, the way to it, or the process itself, in the middle of an execution. */
export type Blow = {
  readonly name: string
  /** It falls in one of so many copies; 0: never. */
  readonly every: number
  /** The first copy that it may fall in comes so many earlier; 0. */
  readonly early?: number
  strike(victim: Victim): Promise<void>
  /** Whether the execution may have ended so, to be resumed; with an error that was told, unless it says otherwise. */
  survived?(ended: Ended): boolean
}

/** One copy that is wanted. `name` is no other copy's. */
export type Order<P extends Pairing = Pairing> = P & {
  readonly name: string
  readonly kills: number
  readonly blows: readonly Blow[]
}

/** What came of a copy: empty `problems` where all is as it must be; `found` says what that was, in words. */
export type Verdict = { readonly problems: readonly string[]; readonly found: string }

/** A source that is ready to be drained. */
export type Scene = {
  /** The flags that were drawn, in words. */
  readonly settings: string
  readonly messages: number
  /** The command line that begins the drain. */
  readonly begin: readonly string[]
  /** Flags of each command that connects. */
  readonly always: readonly string[]
  /** Variables that each execution gets on top. */
  readonly env?: Readonly<Record<string, string>>
  /** Kills that fall by the clock, or, most of them, once the run has settled something more. */
  readonly kills?: 'by the clock' | 'at work'
  /** Checks all that the run says and has done, now that it has ended well; may go on to take things away, at the risk of kills. */
  conclude(life: Life, ended: Ended): Promise<Verdict>
  /** Removes what is left of it. */
  tidy(life: Life): Promise<void>
}

/** A broker's part in the loop. */
export type System<P extends Pairing> = {
  readonly blows: readonly Blow[]
  scene(order: Order<P>): Promise<Scene>
}

/** One copy, told. */
export type Outcome = Verdict & {
  readonly order: Pairing
  readonly settings: string
  readonly messages: number
  readonly executions: number
  /** The verb of each execution that was killed. */
  readonly killed: readonly string[]
  readonly blows: readonly string[]
  readonly seconds: number
  /** The run's home: kept where something was wrong. */
  readonly home: string
}

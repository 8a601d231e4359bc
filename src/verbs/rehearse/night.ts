import type { RabbitSettings } from '../../brokers/rabbitmq/settings.js'
import type { DrainPlan } from '../../core/plan.js'
import type { Io } from '../../io.js'
import type { LabView } from '../../lab/report.js'
import type { Crew } from './shift.js'

/** What a rehearsal does otherwise on one kind of broker than on another. */
export type Night = {
  /** The backlog as `lab fill` takes it, and what a message looks like. */
  readonly backlog: string
  readonly shape: readonly string[]
  /** The backlog as `survey` and `drain` take it. */
  readonly source: string
  /** Flags of `survey`, of `drain`, of each verb that asks the broker, and of `restore --execute`. */
  readonly survey: readonly string[]
  readonly drain: readonly string[]
  readonly every: readonly string[]
  readonly restore: readonly string[]
  /** A wait after the filling and after the last message was handled, where the broker's own statistics come late. */
  readonly settle?: { readonly step: string; readonly command: string; readonly seconds: number }
  /** What is temporary, after "The rehearsal takes". */
  readonly temporary: string
  readonly proof: { readonly step: string; readonly flags: readonly string[] }
  /** Who reads the backlog on a quiet day, and who works the lanes of a run; `command` says it in words. */
  readonly usual: StandIn
  readonly onLanes: (run: string) => Promise<StandIn>
  /** What the verbs need of the environment beside the user's own. */
  readonly env?: Io['env']
}

/** Consumers of the rehearsal's own. */
export type StandIn = { readonly command: string; readonly crew: Crew }

/**
 * Where a rehearsal takes place. `clear` ends the broker that was started, or removes our names
 * from the one that was given, with what these runs have made there.
 */
export type Ground = {
  readonly report: LabView
  /** What the JSON document says of it beside the report: topic and group, or queue. */
  readonly names: Readonly<Record<string, string>>
  readonly night: Night
  /** RabbitMQ: how to get to the queue. */
  readonly place?: { readonly settings: RabbitSettings; readonly queue: string }
  readonly clear: (runs: readonly DrainPlan[]) => Promise<void>
  /** What is left of ours on a broker that was given, in words; absent where the broker itself goes. */
  readonly leaves?: string
}

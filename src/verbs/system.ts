import type { Again, ApplyRequest, DrainRequest, ResumeRequest, SurveyRequest } from '../commands/requests.js'
import type { KafkaAddress, Place, QueueAddress } from '../core/address.js'
import type { DiscardPlan } from '../core/discard-plan.js'
import type { RunEvent } from '../core/event.js'
import type { FanoutPlan } from '../core/fanout-plan.js'
import type { RunSoFar } from '../core/fold.js'
import type { HoldGate } from '../core/gate.js'
import type { DrainPlan, RunPlan } from '../core/plan.js'
import type { Gate } from '../core/ports.js'
import type { Pacer } from '../core/rate.js'
import type { Drift } from '../drain/drift.js'
import type { Sender } from '../fanout/ports.js'
import type { Io, Presentation } from '../io.js'
import type { RunFolder } from '../journal/run-folder.js'
import type { DiscardAsked, DiscardEnds, DiscardPlanner } from './discard/ends.js'
import type { FanAsked, FanEnds, FanPlanner } from './fanout/ends.js'
import type { ArchiveKind, ReplaySubjects, ReplayTarget } from './replay/ends.js'
import type { RedriveAsked } from './replay/redrive.js'
import type { Outlook, RestoreQuestion } from './restore/outlook.js'
import type { Drawn } from './run/approve.js'
import type { Recorder } from './run/recorder.js'

/** The process and how to present; every verb gets both. */
export type Where = { readonly io: Io; readonly present: Presentation }

/** A survey, told in each of the forms that the verb prints. */
export type Surveyed = { readonly document: unknown; text(): string; line(): string }

/** A source that a survey is connected to. `measure` takes one window; throws UserError, BrokerError, the signal's reason. */
export type SurveySource = AsyncDisposable & {
  measure(signal: AbortSignal, onProgress: (elapsed: number) => void): Promise<Surveyed>
}

/** Addresses given again for their credentials, and the settings file. */
export type Reconnecting = Again & { readonly config?: string | undefined }

/** A run at work, as its broker's part sees it. */
export type Running<P extends RunPlan = DrainPlan> = {
  readonly plan: P
  /** Claimed by this process. */
  readonly folder: RunFolder
  readonly mode: 'fresh' | 'resume'
  readonly recorder: Recorder
  readonly gate: HoldGate
  readonly pacer: Pacer
  readonly soft: AbortSignal
  readonly io: Io
}

/** The target read back and compared, in the forms that a report prints. */
export type Proof = { readonly matches: boolean; readonly document: unknown; readonly text: string }

/** The subject of `report --verify`. */
export type Proving = Where & { readonly plan: DrainPlan; readonly state: RunSoFar; readonly folder: RunFolder }

/** The connections of one command to both ends of a drain, and all that its verbs do over them. */
export type Ends = AsyncDisposable & {
  /** The saved plan against the cluster of now. Throws UserError, BrokerError. */
  compare(saved: DrainPlan, request: ApplyRequest): Promise<Drawn & { readonly drift: Drift }>
  /** Finds out whether the user may do all that the plan does, before anything is made. Throws UserError `permission`. */
  prove(plan: DrainPlan): Promise<void>
  /** Runs a plan, or carries it on: makes the lanes, locks, copies, watches. The only one here that changes anything on the way. */
  events(running: Running): AsyncIterable<RunEvent>
  /** Throws Refusal `other-cluster` where an address leads to another cluster than the plan's. */
  assertSameCluster(plan: DrainPlan): Promise<void>
  /** Throws Refusal `stale` where the addresses lead elsewhere by now. */
  assertSamePlace(plan: DrainPlan): Promise<void>
  /** Who stands in the way of carrying it on, in words; undefined where nobody does. */
  busy(plan: DrainPlan): Promise<string | undefined>
  /** Messages that the lanes hold unread; undefined where that cannot be told. */
  unread(plan: DrainPlan, state: RunSoFar): Promise<bigint | undefined>
  /** Reads the target back. Throws Refusal, or UserError `not-supported` where the broker cannot be read without consuming. */
  verify(subject: Proving): Promise<Proof>
  /** Looks at what a restore or an undo would do now. */
  outlook(question: RestoreQuestion): Promise<Outlook>
}

/** Draws the plan of a drain, again and again while `--wait` polls. */
export type Planner = { readonly ends: Ends; draw(): Promise<Drawn> }

/** What a kind of broker does for the verbs. Each is loaded only where an address or a plan asks for it. */
export type System = {
  readonly kind: 'kafka' | 'rabbitmq'
  /** Throws UserError: unreachable, credentials, unknown cluster; so do the others. */
  openSource(place: Place, request: SurveyRequest, where: Where): Promise<SurveySource>
  openPlanner(request: DrainRequest, where: Where): Promise<Planner>
  /** Connects to what a fan-out shall read; throws as `openPlanner` does. */
  openFanout(asked: FanAsked, where: Where): Promise<FanPlanner>
  /** Connects to what a fan-out reads, with credentials from environment, cluster or the address given again. */
  connectFanout(plan: FanoutPlan, again: Reconnecting, where: Where): Promise<FanEnds>
  /** Connects to what shall be let go; throws as `openPlanner` does. */
  openDiscard(asked: DiscardAsked, where: Where): Promise<DiscardPlanner>
  /** Connects to what a discard lets go, with credentials from environment, cluster or the address given again. */
  connectDiscard(plan: DiscardPlan, again: Reconnecting, where: Where): Promise<DiscardEnds>
  /** Connects to where messages go again; throws as `openPlanner` does. */
  openReplayTarget(place: Place, given: Reconnecting, where: Where): Promise<ReplayTarget>
  /** Connects to a dead-letter topic or queue; throws as `openPlanner` does. */
  openDeadLetters(place: Place, asked: RedriveAsked, where: Where): Promise<ReplaySubjects>
  /** What reads the archives that discards of this system make. */
  archive(): Promise<ArchiveKind>
  /** Opens a topic or queue to send messages to. Throws UserError: unreachable, credentials, a name that is not there. */
  openSender(place: Place, given: Reconnecting & { readonly gate: Gate }, where: Where): Promise<Sender>
  /** Connects to both ends of a plan, with credentials from environment, cluster or the addresses given again. */
  connect(plan: DrainPlan, again: Reconnecting, where: Where): Promise<Ends>
  /** Carries on a run whose folder is lost. Sets `io.exitCode`. */
  adopt(request: ResumeRequest & { readonly adopt: Place }, where: Where): Promise<void>
  /** Prints what a broker knows of runs, whoever made them. */
  showCluster(
    place: Place,
    given: { config?: string | undefined; management?: string | undefined },
    where: Where,
  ): Promise<void>
}

/** The system of an address, once its kind is known, or of a plan. */
export const systemOf = async (kind: System['kind']): Promise<System> =>
  kind === 'kafka' ? (await import('./kafka/system.js')).kafka : (await import('./rabbitmq/system.js')).rabbitmq

/** The system that a plan was drawn for. */
export const systemFor = (plan: Pick<RunPlan, 'system'>): Promise<System> => systemOf(plan.system ?? 'kafka')

/** A place whose kind is known. */
export type Resolved = Place<KafkaAddress> | Place<QueueAddress>

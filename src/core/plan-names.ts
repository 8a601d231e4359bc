import { shellWord } from './command-words.js'
import type { DiscardPlan } from './discard-plan.js'
import type { FanoutPlan } from './fanout-plan.js'
import type { DrainPlan, KafkaPlan, RunPlan } from './plan.js'
import type { QueuePlan } from './queue-plan.js'
import type { ReplayPlan } from './replay-plan.js'

/** Whether a plan copies a backlog into temporary lanes. */
export const isDrainPlan = (plan: RunPlan): plan is DrainPlan => plan.kind === 'drain'

/** Whether a plan lets a prefix of its source go. */
export const isDiscardPlan = (plan: RunPlan): plan is DiscardPlan => plan.kind === 'discard'

/** Whether a plan sends again what was kept, parked or dead-lettered. */
export const isReplayPlan = (plan: RunPlan): plan is ReplayPlan => plan.kind === 'replay'

/** Whether a plan hands messages to a handler, rather than copying them. */
export const isFanoutPlan = (plan: RunPlan): plan is FanoutPlan => plan.kind === 'fanout'

/** Whether a plan moves a queue of RabbitMQ. Plans of the first version are Kafka's and do not say so. */
export const isQueuePlan = (plan: DrainPlan): plan is QueuePlan => plan.system === 'rabbitmq'

/** Whether a plan moves a topic of Kafka. */
export const isKafkaPlan = (plan: DrainPlan): plan is KafkaPlan => !isQueuePlan(plan)

/** How people call the two ends of a plan. */
export type PlanNames = {
  /** The topic or queue that is drained. */
  readonly source: string
  /** The temporary topic, or the temporary queues. */
  readonly target: string
  /** What a finished run leaves until it is restored. */
  readonly leaves: string
}

/** Names of the ends of a plan, in words. Pure. */
export const namesOf = (plan: DrainPlan): PlanNames =>
  isQueuePlan(plan)
    ? { source: plan.queue, target: queuesInWords(plan.laneQueues), leaves: queuesInWords(plan.laneQueues) }
    : {
        source: plan.sourceTopic,
        target: plan.targetTopic,
        leaves: `${plan.targetTopic} and the claim on ${plan.group}`,
      }

/**
 * The command that gives the backlog of a run back, without `--execute`. On Kafka nobody can see readers without a group, so the operator
 * says by a flag that there are none.
 */
export const undoCommand = (plan: Pick<DrainPlan, 'run' | 'system'>): string =>
  `spillway restore ${plan.run} --undo${plan.system === 'rabbitmq' ? '' : ' --no-groupless-readers'}`

/**
 * The command that sends again what a discard has let go, into what it came from, without `--execute`. `user` logs in there; a plan of Kafka
 * keeps none.
 */
export const replayCommand = (
  { run, source, user: planned }: Pick<DiscardPlan, 'run' | 'source' | 'user'>,
  user = planned,
): string => {
  const [target = source] = source.split('?')
  const shown = user === undefined ? target : target.replace('://', `://${encodeURIComponent(user)}@`)
  return `spillway replay archive:${run} --to ${shellWord(shown)}`
}

/** `orders.spill.RUN.00 … 09`. */
const queuesInWords = (names: readonly string[]): string => {
  const [first = ''] = names
  const last = names.at(-1) ?? ''
  return names.length < 2 ? first : `${first} … ${last.slice(last.lastIndexOf('.') + 1)}`
}

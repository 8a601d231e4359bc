import { defined } from '../core/defined.js'
import { signPlan } from '../core/digest.js'
import { discardName } from '../core/discard-name.js'
import type { DiscardPlan } from '../core/discard-plan.js'
import { PLAN_VERSION } from '../core/plan.js'
import { archiveNeeds } from './plan/archive-needs.js'
import type { DiscardLook, DiscardOptions } from './plan/options.js'
import { stepsOf } from './plan/steps.js'
import { discardWarnings } from './plan/warnings.js'
import { duplicatesInWords, freesInWords } from './plan/words.js'

/** A plan before its words and its digest. */
export type DiscardDraft = Omit<DiscardPlan, 'steps' | 'duplicatesAtMost' | 'warnings' | 'digest'>

/** Draws the plan of a discard, signed; `refusals` are those of the look, in words. Pure: the same look and options give the same plan. */
export const planDiscard = (
  look: DiscardLook,
  options: DiscardOptions,
  refusals: readonly string[] = [],
): DiscardPlan => {
  const draft = { ...sketch(look, options), refusals }
  return signPlan({
    ...draft,
    steps: stepsOf(draft),
    duplicatesAtMost: duplicatesInWords(draft),
    warnings: discardWarnings(look, draft),
  })
}

const sketch = (look: DiscardLook, options: DiscardOptions): Omit<DiscardDraft, 'refusals'> => {
  const messages = look.lanes.reduce((sum, lane) => sum + lane.messages, 0n)
  const { source, topic: name, production } = look
  const { archive, how } = options
  return {
    kind: 'discard',
    system: look.system,
    version: PLAN_VERSION,
    run: options.run,
    plannedAt: options.now.toISOString(),
    source,
    target: archive === undefined ? 'nowhere' : `archive:${options.run}`,
    clusterId: look.clusterId,
    topic: name,
    ...defined({ topicId: look.topicId, vhost: look.vhost, user: look.user, group: look.group }),
    ...defined({ queueType: look.queueType, singleActiveConsumer: look.singleActiveConsumer }),
    ...defined({ deliveryLimit: look.deliveryLimit }),
    lanes: look.lanes,
    scope: options.scope,
    ...defined({ maxMessages: options.maxMessages, rate: options.rate }),
    how,
    ...(archive === undefined ? {} : { archive: { ...archive, needBytes: archiveNeeds(messages, look.bytes) } }),
    consumersStopped: options.consumersStopped,
    confirm: discardName({ name, source, production }),
    affected: look.affected,
    expect: {
      messages,
      messagesIsUpperBound: look.messagesIsUpperBound,
      bytes: look.bytes,
      freesBytes: look.frees?.bytes ?? 0n,
      frees: freesInWords(look, how),
    },
    stopCommands: look.stopCommands,
  }
}

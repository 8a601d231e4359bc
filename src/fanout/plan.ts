import { defined } from '../core/defined.js'
import { signPlan } from '../core/digest.js'
import type { FanoutPlan, WorkOrder } from '../core/fanout-plan.js'
import { PLAN_VERSION } from '../core/plan.js'
import { UserError } from '../errors.js'
import { duplicatesInWords } from './plan/duplicates.js'
import { handlerInWords } from './plan/handler-words.js'
import type { FanoutLook, FanoutOptions } from './plan/options.js'
import { stepsOf } from './plan/steps.js'
import { fanoutWarnings } from './plan/warnings.js'

/** A plan before its words and its digest. */
export type FanoutDraft = Omit<FanoutPlan, 'steps' | 'duplicatesAtMost' | 'warnings' | 'digest'>

/**
 * Draws the plan of a fan-out, signed. Pure: the same look and options give the same plan. Throws UserError where the order needs a key that
 * nobody named.
 */
export const planFanout = (look: FanoutLook, options: FanoutOptions): FanoutPlan => {
  const draft = sketch(look, options)
  return signPlan({
    ...draft,
    steps: stepsOf(draft),
    duplicatesAtMost: duplicatesInWords(draft),
    warnings: fanoutWarnings(look, draft),
  })
}

const sketch = (look: FanoutLook, { now, order, ...chosen }: FanoutOptions): FanoutDraft => ({
  kind: 'fanout',
  system: look.system,
  version: PLAN_VERSION,
  plannedAt: now.toISOString(),
  source: look.source,
  target: handlerInWords(chosen.handler),
  reads: look.reads,
  ...defined({ of: look.of, topicId: look.topicId, vhost: look.vhost, user: look.user, group: look.group }),
  clusterId: look.clusterId,
  topic: look.topic,
  lanes: look.lanes,
  ...defined({ laneQueues: look.laneQueues, key: look.key, queueType: look.queueType }),
  ...defined({ singleActiveConsumer: look.singleActiveConsumer, deliveryLimit: look.deliveryLimit }),
  order: orderOf(look, order),
  ...chosen,
  expect: look.expect,
  stopCommands: look.stopCommands,
  refusals: look.refusals,
})

/** A queue whose messages have no key keeps no order of keys; records of Kafka have theirs. */
const orderOf = ({ system, reads, key }: FanoutLook, order: WorkOrder | undefined): WorkOrder => {
  const keyed = system === 'kafka' || key !== undefined
  if (order !== 'key' || keyed) return order ?? (keyed ? 'key' : 'none')
  throw new UserError('--order key needs to know where the key is', {
    hint:
      reads === 'lanes'
        ? 'The drain was one without --key: its lanes are in no order of keys. Leave --order away.'
        : 'Add --key routing-key, --key header:NAME or --key property:NAME.',
  })
}

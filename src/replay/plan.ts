import { defined } from '../core/defined.js'
import { signPlan } from '../core/digest.js'
import { PLAN_VERSION } from '../core/plan.js'
import type { ReplayPlan } from '../core/replay-plan.js'
import type { ReplayLook, ReplayOptions } from './plan/options.js'
import { stepsOf } from './plan/steps.js'
import { replayWarnings } from './plan/warnings.js'
import { duplicatesInWords } from './plan/words.js'

/** A plan before its words and its digest. */
export type ReplayDraft = Omit<ReplayPlan, 'steps' | 'duplicatesAtMost' | 'warnings' | 'digest'>

/** Draws the plan of a replay, signed. Pure: the same look and options give the same plan. */
export const planReplay = (look: ReplayLook, options: ReplayOptions): ReplayPlan => {
  const draft = sketch(look, options)
  return signPlan({
    ...draft,
    steps: stepsOf(draft),
    duplicatesAtMost: duplicatesInWords(draft),
    warnings: [...replayWarnings(draft, look), ...look.source.warnings, ...look.target.warnings],
  })
}

const sketch = ({ source, target, refusals }: ReplayLook, options: ReplayOptions): ReplayDraft => {
  const { run, now, filter, transactions, provenance, maxReplays, rate, window, gauges } = options
  const all = source.lanes.reduce((sum, lane) => sum + lane.messages, 0n)
  const { matching } = source
  return {
    kind: 'replay',
    system: target.system,
    version: PLAN_VERSION,
    run,
    plannedAt: now.toISOString(),
    source: source.source,
    target: target.target,
    from: source.from,
    place: target.place,
    clusterId: target.clusterId,
    lanes: source.lanes,
    guarantee: target.system === 'rabbitmq' ? 'confirms' : transactions ? 'transactions' : 'idempotent',
    // A row says by itself nowhere that it is sent again.
    provenance: provenance ?? source.from.kind === 'rows',
    maxReplays,
    expect: {
      messages: matching ?? all,
      messagesIsUpperBound: source.isUpperBound === true || (filter !== undefined && matching === undefined),
      ...(source.isUnknown === true ? { messagesIsUnknown: true } : {}),
      bytes: matching === undefined || all === 0n ? source.bytes : (source.bytes * matching) / all,
    },
    refusals,
    ...defined({ user: target.user, anchor: target.anchor, filter, rate, window, gauges }),
    ...defined({
      archive: source.archive,
      sourcePartitions: source.partitions,
      doubted: source.doubted,
      group: source.group,
    }),
  }
}

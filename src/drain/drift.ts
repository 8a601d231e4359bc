import { asKafka, parseAddress } from '../core/address.js'
import { defined } from '../core/defined.js'
import type { KafkaPlan, Rate } from '../core/plan.js'
import type { Backlog } from '../core/survey.js'
import type { Detail } from '../errors.js'
import { type Change, changes } from './drift/changes.js'
import { identityDrift } from './drift/identity.js'
import { resourceDrift } from './drift/resources.js'
import { volumeDrift } from './drift/volume.js'
import type { DrainOptions } from './plan/options.js'
import type { TargetCluster } from './plan/target.js'
import { planDrain } from './plan.js'

/** What has become of a saved plan: what forbids to run it, and what is merely different now. */
export type Drift = { readonly refusals: readonly Detail[]; readonly changes: readonly Change[] }

/** What `apply` may be given beside the plan; absent fields are as the plan has them. */
export type Again = {
  readonly now: Date
  readonly target?: TargetCluster
  readonly rate?: Rate
  readonly maxDriftPercent?: number
}

/**
 * Compares a saved plan with the cluster of now. Refuses on another cluster id, topic id, partition count or settings, on
 * a volume that drifted further than the plan allows, and on resources over its bounds; ends, offsets and rates are shown
 * as planned / now. An edited file is `verifyPlan`'s affair. Throws UserError as `planDrain` does.
 */
export const drift = (plan: KafkaPlan, survey: Backlog, again: Again): Drift => {
  const refusals = identityDrift(plan, survey, again.target)
  if (refusals.length > 0) return { refusals, changes: [] }
  const now = replan(plan, survey, again)
  const percent = again.maxDriftPercent ?? plan.maxDriftPercent
  return {
    refusals: [...volumeDrift(plan, now, percent), ...resourceDrift(plan, now)],
    changes: changes(plan, now),
  }
}

/**
 * The plan to run now: the same run id, names and choices, with the marks, sizes and rates of now, signed again. Throws
 * UserError as `planDrain` does.
 */
export const replan = (plan: KafkaPlan, survey: Backlog, again: Again): KafkaPlan =>
  planDrain(survey, optionsOf(plan, survey, again), again.target)

const optionsOf = (plan: KafkaPlan, survey: Backlog, again: Again): DrainOptions => ({
  run: plan.run,
  now: again.now,
  factor: plan.factor,
  order: plan.order,
  until: plan.until,
  to: asKafka(parseAddress(plan.target).address),
  guarantee: plan.guarantee,
  consumersStopped: plan.consumersStopped,
  cutOver: plan.cutOver,
  maxDriftPercent: again.maxDriftPercent ?? plan.maxDriftPercent,
  diskFree: givenDisk(plan, again.target?.disks ?? survey.disks),
  limits: defined({ replicasPerBroker: plan.partitionsByBroker[0]?.limit }),
  ...defined({
    first: plan.first,
    compress: plan.compress,
    rate: again.rate ?? plan.rate,
    lanesGroup: plan.lanesGroup,
  }),
})

// What --disk-free said still holds where the brokers do not say.
const givenDisk = ({ disk }: KafkaPlan, measured: Backlog['disks']): Map<number, bigint> => {
  const known = new Set(measured.filter(({ freeBytes }) => freeBytes !== undefined).map(({ node }) => node))
  const given = new Map<number, bigint>()
  for (const { node, freeBytes } of disk) if (freeBytes !== undefined && !known.has(node)) given.set(node, freeBytes)
  return given
}

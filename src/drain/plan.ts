import { defined } from '../core/defined.js'
import { signPlan } from '../core/digest.js'
import { type KafkaPlan, PLAN_VERSION } from '../core/plan.js'
import type { Backlog } from '../core/survey.js'
import { aclsOf } from './plan/acls.js'
import { copyTime } from './plan/copy-time.js'
import { diskNeeds } from './plan/disk.js'
import type { Draft } from './plan/draft.js'
import { duplicatesInWords } from './plan/duplicates.js'
import { factorOf, planLanes } from './plan/lanes.js'
import type { DrainOptions } from './plan/options.js'
import { limitsOf, partitionsByBroker } from './plan/partitions.js'
import { checkPreconditions } from './plan/preconditions.js'
import { stepsOf } from './plan/steps.js'
import { stopCommands } from './plan/stop-commands.js'
import { type Target, type TargetCluster, targetOf } from './plan/target.js'
import { replication, topicSettings } from './plan/topic-settings.js'
import { offsetsExpire, undoUntil } from './plan/undo-until.js'
import { type LaneVolume, totalBytes, volumes } from './plan/volume.js'
import { drainWarnings } from './plan/warnings.js'
import { drainRefusals, refusalInWords } from './refusals.js'

const DEFAULT_SEGMENT_BYTES = 1024 ** 3

/**
 * Draws the plan of a drain, signed. Pure: the same survey and options give the same plan. A backlog of nothing is a plan
 * for nothing. Throws UserError for what can't be planned at all; what `--execute` would refuse stands in `refusals`.
 */
export const planDrain = (survey: Backlog, options: DrainOptions, other?: TargetCluster): KafkaPlan => {
  const target = targetOf(survey, options, other)
  checkPreconditions(survey, options, target)
  const draft = sketch(survey, options, target)
  const against = { ...defined({ target: other, limits: options.limits }) }
  return signPlan({
    ...draft,
    warnings: drainWarnings(survey, draft),
    refusals: drainRefusals(survey, draft, against).map(refusalInWords),
  })
}

const sketch = (survey: Backlog, options: DrainOptions, target: Target): Draft => {
  const names = { ...identity(survey, options, target), ...choices(options, target) }
  const layout = layOut(survey, options, target)
  const words = {
    acls: aclsOf({ ...names, lanesGroup: options.lanesGroup ?? `spillway.${options.run}` }),
    stopCommands: stopCommands(survey.group.id),
    ...undoUntil(survey),
    ...offsetsExpire(survey),
    duplicatesAtMost: duplicatesInWords(names),
  }
  const plan = { ...names, ...layout, ...words }
  return { ...plan, steps: stepsOf(plan) }
}

const identity = (survey: Backlog, options: DrainOptions, target: Target) => ({
  kind: 'drain' as const,
  version: PLAN_VERSION as typeof PLAN_VERSION,
  run: options.run,
  plannedAt: options.now.toISOString(),
  source: survey.source,
  target: target.address,
  sourceTopic: survey.topic.name,
  sourceTopicId: survey.topic.id,
  group: survey.group.id,
  clusterId: survey.clusterId,
  targetClusterId: target.cluster.clusterId,
  targetTopic: target.topic,
})

const choices = (options: DrainOptions, { sameCluster }: Target) => ({
  order: options.order ?? ('key' as const),
  until: options.until ?? ('now' as const),
  guarantee: options.guarantee ?? (sameCluster ? ('transactions' as const) : ('counting' as const)),
  maxDriftPercent: options.maxDriftPercent ?? 20,
  consumersStopped: options.consumersStopped ?? false,
  cutOver: options.cutOver ?? ('lanes-first' as const),
  ...defined({ compress: options.compress, rate: options.rate, first: options.first, lanesGroup: options.lanesGroup }),
})

const layOut = (survey: Backlog, options: DrainOptions, target: Target) => {
  const factor = factorOf(survey.topic, options)
  const lanes = planLanes(survey, factor)
  const targetLanes = survey.topic.partitions * factor
  const copies = replication(survey, target)
  const sizes = volumes(survey, lanes, options)
  return {
    factor,
    targetLanes,
    lanes,
    replication: copies,
    topicSettings: topicSettings(survey, options, target),
    sourceSettings: survey.topic.settings,
    disk: diskOf(survey, options, { target, sizes }),
    partitionsByBroker: partitionsByBroker(target, targetLanes * copies, limitsOf(options)),
    expect: expectation(survey, options, { sizes, factor }),
  }
}

const diskOf = (
  survey: Backlog,
  options: DrainOptions,
  { target, sizes }: { target: Target; sizes: readonly LaneVolume[] },
): KafkaPlan['disk'] =>
  diskNeeds({
    volumes: sizes,
    nodes: target.cluster.brokers.map(({ node }) => node),
    replication: replication(survey, target),
    segmentBytes: Number(survey.topic.settings['segment.bytes'] ?? DEFAULT_SEGMENT_BYTES),
    disks: target.cluster.disks,
    diskFree: options.diskFree ?? new Map(),
  })

const expectation = (
  survey: Backlog,
  options: DrainOptions,
  { sizes, factor }: { sizes: readonly LaneVolume[]; factor: number },
): KafkaPlan['expect'] => {
  const messages = sizes.reduce((sum, { lane }) => sum + lane.messages, 0n)
  const bytes = totalBytes(sizes)
  return {
    messages,
    messagesIsUpperBound: survey.total.lagIsUpperBound,
    bytes,
    growthPerSecond: survey.total.growth,
    ...copyTime(survey, options, { ...canary(options, messages, bytes), factor }),
  }
}

// A canary copies, and so takes, only its part; the rest comes with its resume.
const canary = ({ first }: DrainOptions, messages: bigint, bytes: bigint) => {
  if (first === undefined || BigInt(first) >= messages) return { messages, bytes }
  return { messages: BigInt(first), bytes: (bytes * BigInt(first)) / messages }
}

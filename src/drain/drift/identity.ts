import type { KafkaPlan } from '../../core/plan.js'
import { formatCount } from '../../core/quantity.js'
import type { Backlog } from '../../core/survey.js'
import type { Detail } from '../../errors.js'
import type { TargetCluster } from '../plan/target.js'

/** Whether the plan was drawn for something else: cluster, topic, group, partition count, settings. */
export const identityDrift = (plan: KafkaPlan, survey: Backlog, target?: TargetCluster): Detail[] => [
  ...other('cluster id', plan.clusterId, survey.clusterId),
  ...other('target cluster id', plan.targetClusterId, (target ?? survey).clusterId),
  ...other('topic', plan.sourceTopic, survey.topic.name),
  ...other('topic id', plan.sourceTopicId, survey.topic.id),
  ...other('group', plan.group, survey.group.id),
  ...other('partitions', formatCount(plan.targetLanes / plan.factor), formatCount(survey.topic.partitions)),
  ...settings(plan.sourceSettings, survey.topic.settings),
]

const other = (at: string, planned: string, now: string): Detail[] =>
  planned === now ? [] : [{ at, message: `planned ${planned} / now ${now}` }]

// A name that only one side has came or went with a broker's version; its value can't have been changed.
const settings = (planned: KafkaPlan['sourceSettings'], now: KafkaPlan['sourceSettings']): Detail[] =>
  Object.entries(planned).flatMap(([name, value]) => other(`setting ${name}`, value, now[name] ?? value))

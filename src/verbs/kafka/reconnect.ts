import { describeTopic } from '../../brokers/kafka/admin/topics.js'
import type { Place } from '../../core/address.js'
import { asKafka, parseAddress } from '../../core/address.js'
import { defined } from '../../core/defined.js'
import type { KafkaPlan } from '../../core/plan.js'
import { Refusal } from '../../errors.js'
import type { Reconnecting, Where } from '../system.js'
import { type Links, openLinks } from './links.js'

/** The source of a plan: its topic and group, on the cluster as the plan or the address given again names it. */
export function sourceOf(plan: KafkaPlan, again: Reconnecting): Place {
  const place = again.source ?? parseAddress(plan.source)
  return { ...place, address: { ...asKafka(place.address), topic: plan.sourceTopic, group: plan.group } }
}

/** Connects to both ends of a plan, with credentials from environment, cluster or the addresses given again. Throws UserError. */
export function reconnect(plan: KafkaPlan, again: Reconnecting, where: Where): Promise<Links> {
  const within = plan.clusterId === plan.targetClusterId
  const target = within ? undefined : (again.target ?? parseAddress(plan.target))
  return openLinks({ source: sourceOf(plan, again), ...defined({ target, config: again.config }) }, where)
}

/** Throws Refusal `other-cluster` where an address leads to another cluster than the plan's. */
export function assertSameCluster(plan: KafkaPlan, { source, target }: Links): void {
  if (source.clusterId === plan.clusterId && target.clusterId === plan.targetClusterId) return
  throw new Refusal(`The address of run ${plan.run} leads to another cluster than the one it ran on`, {
    code: 'other-cluster',
    hint: `Its source has cluster id ${plan.clusterId}, its target ${plan.targetClusterId}. Check --source, --target and the settings file.`,
  })
}

/** Refuses to carry a run on where its addresses lead elsewhere by now. Throws Refusal `stale`, naming what differs. */
export async function assertSamePlace(plan: KafkaPlan, { source, target }: Links): Promise<void> {
  const topic = await describeTopic(source, plan.sourceTopic)
  const differs = [
    ...other('cluster id', plan.clusterId, source.clusterId),
    ...other('target cluster id', plan.targetClusterId, target.clusterId),
    ...other('topic', plan.sourceTopic, topic?.name ?? 'gone'),
    ...(topic === undefined || plan.sourceTopicId === '' ? [] : other('topic id', plan.sourceTopicId, topic.id)),
  ]
  if (differs.length === 0) return
  throw new Refusal(`Run ${plan.run} belongs elsewhere: ${differs[0]?.at} ${differs[0]?.message}`, {
    code: 'stale',
    hint: 'The address leads to another cluster, or the topic was made anew. Give the right one with --source or --target.',
    details: differs,
  })
}

const other = (at: string, planned: string, now: string) =>
  planned === now ? [] : [{ at, message: `planned ${planned} / now ${now}` }]

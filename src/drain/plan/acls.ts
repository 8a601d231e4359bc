import type { KafkaPlan } from '../../core/plan.js'
import { temporaryPrefix } from '../../core/temporary-topic.js'

type Subject = Pick<
  KafkaPlan,
  'sourceTopic' | 'group' | 'targetTopic' | 'guarantee' | 'clusterId' | 'targetClusterId'
> & {
  readonly lanesGroup: string
}

/**
 * Operations that the run's principal needs, each as `OPERATIONS on RESOURCE`. Source: the authorisation table of Kafka's
 * documentation (security, "Protocols and ACLs"). The prefixes are fixed, so they can be granted beforehand.
 */
export const aclsOf = (plan: Subject): readonly string[] => {
  const elsewhere = plan.clusterId === plan.targetClusterId ? '' : ' (target cluster)'
  return [
    `Read, Describe, DescribeConfigs on Topic ${plan.sourceTopic}`,
    `Read, Describe on Group ${plan.group}`,
    `Create, Write, Read, Describe, DescribeConfigs, Delete on Topic ${targetResource(plan)}${elsewhere}`,
    ...writing(plan, elsewhere),
    `Read, Describe, Delete on Group ${plan.lanesGroup}${elsewhere}`,
    'Describe, DescribeConfigs on Cluster',
  ]
}

const targetResource = ({ sourceTopic, targetTopic }: Subject): string => {
  const prefix = temporaryPrefix(sourceTopic)
  return targetTopic.startsWith(prefix) ? `${prefix}* (prefixed)` : targetTopic
}

const writing = ({ guarantee }: Subject, elsewhere: string): string[] =>
  guarantee === 'transactions'
    ? ['Write, Describe on TransactionalId spillway-* (prefixed)']
    : [`IdempotentWrite on Cluster${elsewhere} (brokers before 3.0)`]

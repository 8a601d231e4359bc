import { formatAddress } from '../../core/address.js'
import { defined } from '../../core/defined.js'
import type { Backlog, BrokerDisk } from '../../core/survey.js'
import { collide, temporaryTopic } from '../../core/temporary-topic.js'
import { UserError } from '../../errors.js'
import type { DrainOptions } from './options.js'

/** What a plan needs to know of a cluster that is not the source's. */
export type TargetCluster = {
  readonly clusterId: string
  readonly brokers: Backlog['brokers']
  readonly disks: readonly BrokerDisk[]
  readonly partitionsByBroker: Readonly<Record<string, number>>
  readonly clusterSettings: Readonly<Record<string, string>>
  /** Names of its topics, or at least those that the target's name could clash with. */
  readonly topics: readonly string[]
  /** Names of the topic settings that its brokers know; absent: those of the source. */
  readonly topicSettingNames?: readonly string[]
}

/** Where the copies go: the cluster, the name, and whether a transaction can span source and target. */
export type Target = {
  readonly cluster: TargetCluster
  readonly topic: string
  readonly address: string
  readonly sameCluster: boolean
}

/** Resolves `--to`. Throws UserError where the target would be the source, or where the other cluster was not looked at. */
export const targetOf = (survey: Backlog, options: DrainOptions, other?: TargetCluster): Target => {
  const topic = options.to?.topic ?? temporaryTopic(survey.topic.name, options.run)
  const cluster = other ?? own(survey)
  const sameCluster = cluster.clusterId === survey.clusterId
  if (sameCluster && collide(topic, survey.topic.name))
    throw new UserError(`--to ${topic} is the source itself, or clashes with its name`, {
      hint: 'Leave --to out for a temporary topic, or name another topic.',
    })
  const address = options.to ? formatAddress({ ...place(options.to), topic }) : beside(survey.source, topic)
  return { cluster, topic, address, sameCluster }
}

const place = ({ kind, cluster, brokers }: NonNullable<DrainOptions['to']>) => ({
  kind,
  brokers,
  ...defined({ cluster }),
})

// A group's name may hold a "/", so the query goes first.
const beside = (source: string, topic: string): string => {
  const path = source.split('?')[0] ?? source
  return `${path.slice(0, path.lastIndexOf('/') + 1)}${topic}`
}

const own = (survey: Backlog): TargetCluster => ({
  clusterId: survey.clusterId,
  brokers: survey.brokers,
  disks: survey.disks,
  partitionsByBroker: survey.partitionsByBroker,
  clusterSettings: survey.clusterSettings,
  topics: [...survey.temporaryTopics, ...survey.otherTopics],
})

import { clusterSettings } from '../../brokers/kafka/admin/configs.js'
import { logDirs } from '../../brokers/kafka/admin/log-dirs.js'
import { listTopics } from '../../brokers/kafka/admin/topics.js'
import { CLUSTER_SETTINGS, disksOf, pick, replicasByBroker } from '../../brokers/kafka/survey/cluster-facts.js'
import type { TargetCluster } from '../../drain/plan/target.js'
import type { Links } from './links.js'

/** What a plan needs to know of a target that is not the source's cluster; nothing within one. */
export async function otherCluster({ source, target }: Links): Promise<TargetCluster | undefined> {
  if (target === source) return undefined
  const [topics, dirs, settings] = await Promise.all([
    listTopics(target),
    logDirs(target),
    clusterSettings(target, target.nodes()[0]?.node ?? -1),
  ])
  return {
    clusterId: target.clusterId,
    brokers: target.nodes(),
    disks: disksOf(dirs),
    partitionsByBroker: replicasByBroker(topics),
    clusterSettings: pick(settings, CLUSTER_SETTINGS),
    topics: topics.topics.map(topic => topic.name),
  }
}

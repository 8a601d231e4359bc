import type { TargetCluster } from '../../../src/drain/plan/target.js'

/** A second cluster of two brokers, empty and roomy. */
export const anotherCluster = (given: Partial<TargetCluster> = {}): TargetCluster => ({
  clusterId: 'cluster-b',
  brokers: [7, 8].map(node => ({ node, host: `other${node}`, port: 9092 })),
  disks: [7, 8].map(node => ({ node, freeBytes: 50n * 1024n ** 3n, usedByTopic: 0n })),
  partitionsByBroker: { '7': 0, '8': 0 },
  clusterSettings: {},
  topics: [],
  ...given,
})

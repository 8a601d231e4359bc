import { setTimeout as sleep } from 'node:timers/promises'
import type { KafkaLab } from '../../../src/lab/kafka/options.js'

/** Few partitions in the inner topics: a broker that was killed is back sooner. */
export const KILLABLE = {
  'log.cleaner.backoff.ms': '1000',
  'log.segment.delete.delay.ms': '1000',
  'offsets.topic.num.partitions': '4',
  'transaction.state.log.num.partitions': '4',
}
const BROKER_DOWN_MS = 500

/** Kills the first broker of a lab, and starts it again after half a second. */
export async function killAndStart(lab: KafkaLab): Promise<void> {
  const [node] = lab.nodes
  if (node === undefined) return
  await lab.stopNode(node.id, 'SIGKILL')
  await sleep(BROKER_DOWN_MS)
  await lab.startNode(node.id)
}

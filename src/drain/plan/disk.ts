import { defined } from '../../core/defined.js'
import type { KafkaPlan } from '../../core/plan.js'
import type { BrokerDisk } from '../../core/survey.js'
import type { LaneVolume } from './volume.js'

export type DiskNeed = KafkaPlan['disk'][number]

type Layout = {
  readonly volumes: readonly LaneVolume[]
  readonly nodes: readonly number[]
  readonly replication: number
  readonly segmentBytes: number
  readonly disks: readonly BrokerDisk[]
  readonly diskFree: ReadonlyMap<number, bigint>
}

const DEFAULT_HEADROOM = 10n * 1024n ** 3n

/**
 * Disk that the copy takes on each broker, beside the source, which stays until its own retention: B·s·RF·f and the open
 * segments, P·k·RF·min(segment.bytes, share). The brokers choose the placement, so each is given the heaviest share.
 */
export const diskNeeds = (layout: Layout): readonly DiskNeed[] => {
  const needBytes = BigInt(Math.ceil(heaviest(layout)))
  return layout.nodes.map(node => ({ node, needBytes, ...room(node, layout) }))
}

/**
 * Kafka deals partitions out to its brokers in turn, so all lanes p, p+P, … of one full source partition may fall to one
 * broker of N. Each broker holds as many of these turns as there are replicas; the largest are counted.
 */
const heaviest = ({ volumes, nodes, replication, segmentBytes }: Layout): number => {
  const turns = new Array<number>(Math.max(1, nodes.length)).fill(0)
  for (const { lane, bytes } of volumes) {
    const share = Number(bytes) / lane.targets.length
    for (const target of lane.targets)
      turns[target % turns.length] = at(turns, target) + share + Math.min(segmentBytes, share)
  }
  return turns
    .sort((a, b) => b - a)
    .slice(0, replication)
    .reduce((sum, turn) => sum + turn, 0)
}

const at = (turns: readonly number[], target: number): number => turns[target % turns.length] ?? 0

const room = (node: number, { disks, diskFree }: Layout) => {
  const disk = disks.find(each => each.node === node)
  const freeBytes = diskFree.get(node) ?? disk?.freeBytes
  if (freeBytes === undefined) return {}
  const head = headroom(disk?.totalBytes ?? freeBytes)
  return defined({ freeBytes, boundBytes: freeBytes > head ? freeBytes - head : 0n })
}

/** What stays free whatever a plan needs: 5 % of the disk, 10 GiB at most. */
export const headroom = (totalBytes: bigint): bigint => {
  const part = totalBytes / 20n
  return part < DEFAULT_HEADROOM ? part : DEFAULT_HEADROOM
}

import { defined } from '../../core/defined.js'
import type { DrainPlan } from '../../core/plan.js'
import type { BrokerDisk } from '../../core/survey.js'
import type { LaneVolume } from './volume.js'

export type DiskNeed = DrainPlan['disk'][number]

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
 * segments, P·k·RF·min(segment.bytes, share). The brokers choose the placement, so each gets its even share rounded up
 * to whole partitions, the largest first.
 */
export const diskNeeds = (layout: Layout): readonly DiskNeed[] => {
  const replicas = layout.volumes.flatMap(replicasOf(layout)).sort((a, b) => b - a)
  const each = Math.ceil(replicas.length / Math.max(1, layout.nodes.length))
  const need = BigInt(Math.ceil(spread(replicas, layout.nodes.length, each)))
  return layout.nodes.map(node => ({ node, needBytes: need, ...room(node, layout) }))
}

const replicasOf =
  ({ replication, segmentBytes }: Layout) =>
  ({ lane, bytes }: LaneVolume): number[] => {
    const share = Number(bytes) / lane.targets.length
    const size = share + Math.min(segmentBytes, share)
    return Array.from({ length: lane.targets.length * replication }, () => size)
  }

// The heaviest broker of a round over the brokers: every N-th replica, in order of size.
const spread = (sizes: readonly number[], nodes: number, each: number): number => {
  let sum = 0
  for (let i = 0; i < each; i += 1) sum += sizes[i * nodes] ?? 0
  return sum
}

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

import type { KafkaPlan } from '../../core/plan.js'
import { formatBytes, formatCount } from '../../core/quantity.js'
import type { Detail } from '../../errors.js'

/** Whether running it now would take more than the plan said it would take at most: disk, partitions. */
export const resourceDrift = (plan: KafkaPlan, now: KafkaPlan): Detail[] => [
  ...now.disk.flatMap(({ node, needBytes }) => {
    const bound = boundOf(plan, node)
    return bound === undefined || needBytes <= bound
      ? []
      : [
          {
            at: `disk of broker ${node}`,
            message: `planned ${formatBytes(bound)} at most / now ${formatBytes(needBytes)} needed`,
          },
        ]
  }),
  ...now.partitionsByBroker
    .filter(({ now: held, adds, limit }) => held + adds > limit)
    .map(({ node, now: held, adds, limit }) => ({
      at: `partitions of broker ${node}`,
      message: `planned ${formatCount(limit)} at most / now ${formatCount(held + adds)} with the lanes`,
    })),
]

// A broker that joined since has the bound of the narrowest that was planned for.
const boundOf = ({ disk }: KafkaPlan, node: number): bigint | undefined => {
  const bounds = disk.flatMap(({ boundBytes }) => (boundBytes === undefined ? [] : [BigInt(boundBytes)]))
  const own = disk.find(each => each.node === node)?.boundBytes
  return own === undefined
    ? bounds.reduce<bigint | undefined>((a, b) => (a === undefined || b < a ? b : a), undefined)
    : BigInt(own)
}

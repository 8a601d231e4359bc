import { formatBytes, formatCount } from '../../core/quantity.js'
import type { Backlog } from '../../core/survey.js'
import { collide } from '../../core/temporary-topic.js'
import type { Against, DrainRefusal } from '../refusals.js'
import type { Draft } from './draft.js'
import { largestFactor, limitsOf } from './partitions.js'

type Cluster = NonNullable<Against['target']>

/** Refusals because the target can't take the copy: disk, partitions, transactions, a name that is taken. */
export const roomRefusals = (survey: Backlog, draft: Draft, against: Against): DrainRefusal[] => {
  const limits = limitsOf(against)
  return [
    ...nameTaken(draft, against.target?.topics ?? survey.temporaryTopics),
    ...disk(draft),
    ...partitions(draft, limits.partitionsPerTopic, largestFactor(draft, limits)),
    ...transactions(draft, against.target ?? survey),
  ]
}

const nameTaken = ({ targetTopic }: Draft, topics: readonly string[]): DrainRefusal[] =>
  topics
    .filter(name => collide(name, targetTopic))
    .map(name => ({
      code: 'target-exists',
      message: `Topic ${name} is there already`,
      hint: 'A run writes into a topic of its own: leave --to out, or name a topic that is not there.',
      mayClear: false,
    }))

const disk = ({ disk: needs }: Draft): DrainRefusal[] =>
  needs.flatMap<DrainRefusal>(({ node, needBytes, freeBytes, boundBytes = 0n }) => {
    const at = `broker ${node}`
    if (needBytes === 0n) return []
    if (freeBytes === undefined)
      return [
        {
          at,
          code: 'disk-unknown',
          message: 'It does not say how much disk is free',
          hint: `Look, and give it: --disk-free ${node}=BYTES.`,
          mayClear: false,
        },
      ]
    if (needBytes <= boundBytes) return []
    const message = `The copy needs ${formatBytes(needBytes)}, of ${formatBytes(freeBytes)} free at most ${formatBytes(boundBytes)} may be used`
    return [
      {
        at,
        code: 'disk-too-small',
        message,
        hint: 'Make room, copy to another cluster with --to, or begin with fewer messages.',
        mayClear: true,
      },
    ]
  })

const partitions = (draft: Draft, perTopic: number, factor: number): DrainRefusal[] => {
  const hint =
    factor > 0 ? `At most --factor ${factor} fits.` : 'Not even --factor 1 fits: use another cluster with --to.'
  const tooMany = draft.partitionsByBroker
    .filter(({ now, adds, limit }) => now + adds > limit)
    .map(({ node, now, adds, limit }) => ({
      at: `broker ${node}`,
      code: 'partition-limit',
      message: `${formatCount(now)} replicas and ${formatCount(adds)} more would pass the limit of ${formatCount(limit)}`,
      hint,
      mayClear: false,
    }))
  if (draft.targetLanes <= perTopic) return tooMany
  const message = `${formatCount(draft.targetLanes)} lanes pass the ${formatCount(perTopic)} partitions that one topic may be created with`
  return [{ code: 'partition-limit', message, hint, mayClear: false }, ...tooMany]
}

// __transaction_state is made with these settings when it is first asked for; a broker alone can't make three replicas.
const transactions = (
  { guarantee }: Draft,
  { brokers, clusterSettings }: Pick<Cluster, 'brokers' | 'clusterSettings'>,
): DrainRefusal[] => {
  const replicas = Number(clusterSettings['transaction.state.log.replication.factor'] ?? 1)
  const insync = Number(clusterSettings['transaction.state.log.min.isr'] ?? 1)
  const possible = brokers.length >= insync && (brokers.length > 1 || replicas <= 1)
  if (guarantee !== 'transactions' || possible) return []
  return [
    {
      code: 'no-transactions',
      message: `The cluster can't do transactions: their state wants ${replicas} replicas, ${insync} in sync, and ${brokers.length} ${brokers.length === 1 ? 'broker is' : 'brokers are'} up`,
      hint: 'Use --exactly-once counting.',
      mayClear: false,
    },
  ]
}

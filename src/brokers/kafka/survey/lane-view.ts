import { measuredRate } from '../../../core/measured-rate.js'
import type { LaneView } from '../../../core/survey.js'
import type { Head } from './head.js'
import type { LaneSample } from './lane-sample.js'
import { firstLoss, type Retention } from './loss.js'
import { sightings } from './rates.js'
import { type LaneReading, lagOf, positionOf, type Reading } from './reading.js'

/** Everything known of one partition. `stored` is the average size of a stored record in bytes, 0 where unknown. */
export type LaneFacts = {
  readonly partition: number
  readonly leader: number
  readonly leaderEpoch: number
  readonly readings: readonly Reading[]
  readonly last: LaneReading
  readonly head?: Head
  readonly sample?: LaneSample
  readonly logBytes?: bigint
  readonly stored: number
  readonly retention: Retention
  readonly compacted: boolean
  readonly now: number
}

/** Folds what is known of a partition into its view. */
export const laneView = (facts: LaneFacts): LaneView => {
  const { last, readings, partition } = facts
  const growth = measuredRate(sightings(readings, partition, lane => lane.end))
  const service = measuredRate(sightings(readings, partition, lane => lane.committed))
  const holes = holesOf(facts)
  const age = ageOf(facts)
  const loss = lagOf(last) === 0n ? undefined : lossOf(facts, { growth: growth.mean, ...age })
  return {
    lane: String(partition),
    leader: facts.leader,
    leaderEpoch: facts.leaderEpoch,
    start: String(last.start),
    ...(last.committed !== undefined && { committed: String(last.committed) }),
    ...(last.metadata !== undefined && { committedMetadata: last.metadata }),
    end: String(last.end),
    stableEnd: String(last.stableEnd),
    lag: lagOf(last),
    lagIsUpperBound: lagOf(last) > 0n && holes.length > 0,
    ...(holes.length > 0 && { holes }),
    ...beyondEnd(last),
    ...(facts.logBytes !== undefined && { logBytes: facts.logBytes }),
    ...age,
    ...timed('lastReadAt', facts.head?.lastRead),
    growth: growth.mean,
    service: service.mean,
    growthRate: growth,
    serviceRate: service,
    ...(loss && { firstLoss: loss }),
    lostAlready: last.committed !== undefined && last.committed < last.start ? last.start - last.committed : 0n,
  }
}

const beyondEnd = ({ committed, end }: LaneReading): { beyondEnd?: bigint } =>
  committed !== undefined && committed > end ? { beyondEnd: committed - end } : {}

const holesOf = ({ compacted, sample, last }: LaneFacts): string[] => [
  ...(compacted ? ['the topic is compacted'] : []),
  ...(sample?.transactional || last.stableEnd < last.end ? ['transactions leave markers and aborted records'] : []),
  ...(sample?.gaps && !compacted ? ['sampled batches have gaps in their offsets'] : []),
]

type Age = { oldestAt?: string; oldestAgeSeconds?: number }

const ageOf = ({ head, now, last }: LaneFacts): Age => {
  if (head?.oldest === undefined || head.oldest < 0 || lagOf(last) === 0n) return {}
  return { ...timed('oldestAt', head.oldest), oldestAgeSeconds: Math.max(0, (now - head.oldest) / 1000) }
}

const LAST_TIME = 8_640_000_000_000_000

const timed = <K extends string>(name: K, ms: number | undefined): { [P in K]?: string } =>
  ms === undefined || ms < 0 || ms > LAST_TIME ? {} : ({ [name]: new Date(ms).toISOString() } as { [P in K]?: string })

const lossOf = (facts: LaneFacts, { growth, oldestAgeSeconds }: Age & { growth: number }): LaneView['firstLoss'] => {
  const unread = unreadBytes(facts)
  return firstLoss(
    {
      ...(oldestAgeSeconds !== undefined && { ageSeconds: oldestAgeSeconds }),
      ...(unread !== undefined && { unreadBytes: unread }),
      ingest: growth * storedBytes(facts),
    },
    facts.retention,
  )
}

const storedBytes = ({ stored, logBytes, last }: LaneFacts): number =>
  stored > 0 || logBytes === undefined || last.end <= last.start
    ? stored
    : Number(logBytes) / Number(last.end - last.start)

/** Bytes of the log from the group's position on, taking records as equally large; undefined where the log's size is unknown. */
export const unreadBytes = ({ logBytes, last }: Pick<LaneFacts, 'logBytes' | 'last'>): number | undefined => {
  if (logBytes === undefined) return undefined
  const held = last.end - last.start
  return held <= 0n ? 0 : (Number(logBytes) * Number(last.end - positionOf(last))) / Number(held)
}

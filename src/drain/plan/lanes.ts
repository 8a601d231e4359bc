import { defined } from '../../core/defined.js'
import type { PlanLane } from '../../core/plan.js'
import { formatCount } from '../../core/quantity.js'
import type { Backlog, LaneView } from '../../core/survey.js'
import { UserError } from '../../errors.js'
import { lanesOf } from '../route.js'
import type { DrainOptions } from './options.js'

/** Lanes per source partition. Throws UserError where `--lanes` is no multiple of the partitions, naming the two nearest. */
export const factorOf = (topic: Backlog['topic'], { factor, lanes }: DrainOptions): number => {
  if (factor !== undefined && lanes !== undefined)
    throw new UserError('--factor and --lanes exclude each other', { hint: 'Give one of them.' })
  if (lanes === undefined) return wholeAboveZero('--factor', factor ?? 10)
  wholeAboveZero('--lanes', lanes)
  if (lanes % topic.partitions === 0) return lanes / topic.partitions
  const below = Math.max(1, Math.floor(lanes / topic.partitions)) * topic.partitions
  throw new UserError(
    `--lanes ${lanes} is not a multiple of the ${formatCount(topic.partitions)} partitions of ${topic.name}`,
    {
      code: 'lanes-not-a-multiple',
      hint: `The two nearest are --lanes ${below} and --lanes ${below + topic.partitions}.`,
    },
  )
}

const wholeAboveZero = (flag: string, value: number): number => {
  if (Number.isSafeInteger(value) && value > 0) return value
  throw new UserError(`${flag} ${value} is not a whole number above zero`, { hint: `Write ${flag} 10.` })
}

/** The lane map: what each source partition gives, and to which lanes. */
export const planLanes = ({ lanes, topic }: Backlog, factor: number): readonly PlanLane[] =>
  lanes.map(lane => {
    const from = startOf(lane)
    const to = max(from, BigInt(lane.stableEnd))
    const committed = lane.committed !== undefined && BigInt(lane.committed) < from ? lane.committed : undefined
    return {
      lane: lane.lane,
      from: String(from),
      to: String(to),
      messages: to - from,
      targets: lanesOf(Number(lane.lane), topic.partitions, factor),
      ...defined({ committed, metadata: lane.committedMetadata || undefined }),
    }
  })

/**
 * Where the copy of a lane starts: at the commit, or at the log's start where the head is gone. A lane without a commit
 * is copied from nowhere: `auto.offset.reset` is the consumers' own affair, so records there are a refusal.
 */
const startOf = (lane: LaneView): bigint => max(BigInt(lane.committed ?? lane.start), BigInt(lane.start))

/** Lanes that hold records but no commit: nobody knows from outside what of them is backlog. */
export const withoutCommit = ({ lanes }: Backlog): readonly LaneView[] =>
  lanes.filter(lane => lane.committed === undefined && BigInt(lane.start) < BigInt(lane.stableEnd))

const max = (a: bigint, b: bigint): bigint => (a > b ? a : b)

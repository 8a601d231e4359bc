import { type Cut, cutsAt, type LaneSpan } from '../../../brokers/kafka/discard/cuts.js'
import { lastTimes } from '../../../brokers/kafka/discard/last-times.js'
import type { Link } from '../../../brokers/kafka/link.js'
import { defined } from '../../../core/defined.js'
import type { DiscardLane, DiscardScope } from '../../../core/discard-plan.js'
import type { Backlog } from '../../../core/survey.js'
import { withinMessages } from '../../../discard/plan/within-messages.js'
import { planLanes } from '../../../drain/plan/lanes.js'

type Scope = { readonly scope: DiscardScope; readonly maxMessages?: number | undefined }

/** The lanes of a prefix, and those of them whose end is only a bound: where the scope ends is seen when they are read. */
export type PrefixLanes = { readonly lanes: readonly DiscardLane[]; readonly bounds: readonly string[] }

/** From where the group stands to where the scope ends, with the times of the first and the last message. Throws BrokerError, UserError. */
export async function prefixLanes(link: Link, survey: Backlog, { scope, maxMessages }: Scope): Promise<PrefixLanes> {
  const { name } = survey.topic
  const all = planLanes(survey, 1)
  const leaders = new Map(survey.lanes.map(({ lane, leader }) => [lane, leader]))
  const spans = all.map(({ lane, from, to }) => ({ ...spanOf(lane, from, to), leader: leaders.get(lane) ?? -1 }))
  const cuts =
    scope.kind === 'all' ? new Map() : await cutsAt(link, name, { lanes: led(spans), time: Date.parse(scope.before) })
  const cut = all.map(lane => cutLane(lane, cuts.get(Number(lane.lane))))
  const wanted = withinMessages(cut, maxMessages)
  const ends = wanted.map(({ lane, from, to }) => ({ ...spanOf(lane, from, to), leader: leaders.get(lane) ?? -1 }))
  const last = await lastTimes(link, name, led(ends))
  const oldest = new Map(survey.lanes.map(({ lane, oldestAt }) => [lane, oldestAt]))
  return {
    lanes: wanted.map(lane => withTimes(lane, { first: oldest.get(lane.lane), last: last.get(Number(lane.lane)) })),
    bounds: [...cuts].flatMap(([partition, { isBound }]) => (isBound ? [String(partition)] : [])),
  }
}

const spanOf = (lane: string, from: string, to: string) => ({
  partition: Number(lane),
  from: Number(from),
  to: Number(to),
})

/** What has no leader is refused elsewhere. */
const led = (spans: readonly LaneSpan[]): readonly LaneSpan[] => spans.filter(({ leader }) => leader >= 0)

const cutLane = ({ lane, from, to, messages, metadata }: DiscardLane, cut: Cut | undefined): DiscardLane => {
  const end = cut === undefined || BigInt(cut.to) >= BigInt(to) ? { to, messages } : endAt(from, cut.to)
  return { lane, from, ...end, ...defined({ metadata }) }
}

const endAt = (from: string, to: number) => ({ to: String(to), messages: BigInt(to) - BigInt(from) })

const withTimes = (
  lane: DiscardLane,
  { first, last }: { first: string | undefined; last: number | undefined },
): DiscardLane => {
  if (lane.messages === 0n) return lane
  return { ...lane, ...defined({ first, last: last === undefined ? undefined : new Date(last).toISOString() }) }
}

import type { KafkaPlan } from '../../core/plan.js'
import { formatBytes, formatCount, formatDuration, formatRate } from '../../core/quantity.js'

/** One number that is computed anew, as the plan had it and as it is now. */
export type Change = { readonly what: string; readonly planned: string; readonly now: string }

type Row = readonly [what: string, words: (plan: KafkaPlan) => string]

const ROWS: readonly Row[] = [
  ['messages', ({ expect }) => formatCount(expect.messages)],
  ['bytes', ({ expect }) => formatBytes(expect.bytes)],
  ['growth', ({ expect }) => formatRate(expect.growthPerSecond)],
  ['copy time', ({ expect }) => expect.copySeconds.map(formatDuration).join(' to ')],
  ['disk', ({ disk }) => disk.map(({ node, needBytes }) => `broker ${node} ${formatBytes(needBytes)}`).join(', ')],
]

/** What differs, planned / now; each partition whose offsets or end moved has a line. */
export const changes = (plan: KafkaPlan, now: KafkaPlan): readonly Change[] =>
  [...ROWS, ...plan.lanes.map(({ lane }) => rangeOf(lane))]
    .map(([what, words]) => ({ what, planned: words(plan), now: words(now) }))
    .filter(({ planned, now: current }) => planned !== current)

const rangeOf = (name: string): Row => [
  `partition ${name}`,
  ({ lanes }) => {
    const lane = lanes.find(each => each.lane === name)
    return lane === undefined ? 'gone' : `${lane.from} up to ${lane.to}`
  },
]

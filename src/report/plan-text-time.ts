import type { DrainPlan, Until } from '../core/plan.js'
import { formatCount, formatDuration, formatRate } from '../core/quantity.js'

/** How long the copy takes, up to which end, and what it is bound by. `ends` says each `--until` in words. Pure. */
export const copyInWords = (
  { expect, until, first }: Pick<DrainPlan, 'expect' | 'until' | 'first'>,
  ends: Readonly<Record<Until, string>>,
): string => {
  const [low, high] = expect.copySeconds
  const end = first === undefined ? ends[until] : 'up to the end of the canary'
  return `${formatDuration(low)} to ${formatDuration(high)} for the copy, ${end}. It is bound by: ${expect.binding}.`
}

/** What becomes of the messages that arrive meanwhile in `source`, a topic or a queue. Pure. */
export const meanwhileInWords = ({ expect, until }: Pick<DrainPlan, 'expect' | 'until'>, source: string): string => {
  const { growthPerSecond, pilesUp, pilesUpWhile } = expect
  if (growthPerSecond <= 0) return `nothing was seen to arrive in ${source}; what does, waits there.`
  const arrive = `${formatRate(growthPerSecond)} arrive`
  if (until === 'lanes-empty') return `${arrive} and go through the lanes too, until these are nearly worked off.`
  const how = pilesUpWhile === undefined ? '' : ` ${pilesUpWhile}`
  return `${arrive}: about ${formatCount(pilesUp)} messages pile up in ${source}${how}.`
}

import type { MeasuredRate } from './survey.js'

/** A counter seen at a moment; `at` in milliseconds. */
export type Sighting = { readonly at: number; readonly value: bigint }

const STILL: MeasuredRate = { mean: 0, low: 0, high: 0 }

/**
 * The rate of a counter over its sightings: last less first for the mean, the standard error of the steps for the
 * spread (a group that commits every five seconds moves in jumps). A counter that went back stands still.
 */
export const measuredRate = (sightings: readonly Sighting[]): MeasuredRate => {
  const first = sightings[0]
  const last = sightings.at(-1)
  if (first === undefined || last === undefined || last.at <= first.at) return STILL
  const mean = perSecond(first, last)
  if (mean <= 0) return STILL
  const error = standardError(steps(sightings), mean)
  return { mean, low: Math.max(0, mean - error), high: mean + error }
}

/** Change a second between two sightings; negative where the counter fell, 0 where no time passed. */
export const perSecond = (from: Sighting, to: Sighting): number =>
  to.at > from.at ? (Number(to.value - from.value) * 1000) / (to.at - from.at) : 0

const steps = (sightings: readonly Sighting[]): number[] =>
  sightings.slice(1).map((to, i) => perSecond(sightings[i] ?? to, to))

const standardError = (rates: readonly number[], mean: number): number => {
  if (rates.length < 2) return 0
  const variance = rates.reduce((sum, rate) => sum + (rate - mean) ** 2, 0) / (rates.length - 1)
  return Math.sqrt(variance / rates.length)
}

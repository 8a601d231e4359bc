import type { Backlog, WayOut } from '../core/survey.js'
import { type Assumptions, assume, paceOf } from './ways-out/assumptions.js'
import { fanOut } from './ways-out/fan-out.js'
import { skipAndReplay } from './ways-out/skip.js'
import { wait } from './ways-out/wait.js'
import { widen } from './ways-out/widen.js'

/**
 * The ways out of a backlog, cheapest first, each with an ETA as a range and what limits it. Pure. Formulas: catch-up is
 * B ÷ (μ − λ), B with what arrives during set-up and copy; a hot key can't go faster than one lane.
 */
export const waysOut = (backlog: Backlog, given: Partial<Assumptions> = {}): readonly WayOut[] => {
  const assumed = assume(backlog, given)
  const pace = paceOf(backlog, assumed)
  if (pace.backlog === 0) return [wait(backlog, pace)]
  return [
    wait(backlog, pace),
    fanOut(backlog, pace, assumed),
    widen(backlog, pace, assumed),
    skipAndReplay(backlog, pace, assumed),
  ]
}

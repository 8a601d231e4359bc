import { formatTotals, parseTotals, type Totals } from '../relay/claim.js'

/**
 * The metadata of each offset commit of a fan-out over temporary lanes: `spillway-fanout RUN HOST open|closed a=MAX_AHEAD t=TOTALS`. Whoever opens the lane
 * next sees by it whether the last one gave the lane back with nothing in hand; a run that was killed sees what it settled and did not live to journal.
 */
export type WorkNote = {
  readonly run: string
  readonly host: string
  readonly closed: boolean
  /** Most messages that may be completed behind the committed offset. */
  readonly ahead: number
  /** What this run has done in this lane since it began. */
  readonly totals: Totals
}

/** The metadata text of a commit. */
export const formatWorkNote = ({ run, host, closed, ahead, totals }: WorkNote): string =>
  `spillway-fanout ${run} ${host} ${closed ? 'closed' : 'open'} a=${ahead} t=${formatTotals(totals)}`

/** Reads a commit's metadata; undefined where it is none of a fan-out. */
export function parseWorkNote(metadata: string | undefined): WorkNote | undefined {
  const [word, run, host, state, ahead, totals] = (metadata ?? '').split(' ')
  if (word !== 'spillway-fanout' || !run || !host) return undefined
  return {
    run,
    host,
    closed: state === 'closed',
    ahead: Number(ahead?.replace(/^a=/, '') ?? 0) || 0,
    totals: parseTotals(totals?.replace(/^t=/, '')),
  }
}

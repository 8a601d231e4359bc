import { BASE_SETS } from '../lib/sets.mjs'
import { ratio } from './summary.mjs'

const KEY = 'spillway-key'
const NONE = 'spillway-none'
const MB = 1e6

const faster = (ours, peer, least, sets = BASE_SETS) =>
  sets.map(set => ({
    text: `${ours} at least ${least}x ${peer} on ${set}`,
    least,
    comparable: ({ rows }) => [ours, peer].every(mover => rowOf(rows, set, mover)?.drowned !== false),
    measure: ({ results, startup }) => ratio(results, startup, { set, ours, peer })?.median,
  }))

const rowOf = (rows, set, mover) => rows.find(row => row.set === set && row.mover === mover)

/** What else is the limit where cores idle: a thread that had work for nearly all of the time. */
const bounds = threads => {
  const shown = Object.entries(threads).filter(([, share]) => share !== undefined)
  return shown.map(([role, share]) => `busiest thread of the ${role} ${Math.round(share * 100)} %`).join(', ')
}

const perSet = (text, pick, { explain, ...bound }) =>
  BASE_SETS.flatMap(set =>
    [KEY, NONE].map(mover => ({
      text: text(mover, set),
      ...bound,
      measure: ({ rows }) => {
        const row = rowOf(rows, set, mover)
        return row?.runs ? pick(row) : undefined
      },
      explain: ({ rows }) => explain?.(rowOf(rows, set, mover)),
    })),
  )

/** The goals that this bench can measure; `least` or `most` bounds what `measure` answers. */
export const GOALS = [
  {
    text: `${KEY} moves 30 records in under 1.5 s`,
    most: 1.5,
    measure: ({ startup }) => startup[KEY],
  },
  ...faster(KEY, 'kafkajs', 5),
  ...faster(KEY, 'mirror-maker', 2.5),
  ...faster(KEY, 'franz-go-key', 1),
  ...faster(NONE, 'franz-go', 1.8, ['lz4']),
  ...faster(NONE, 'franz-go', 1.2, ['100b']),
  ...faster(NONE, 'franz-go', 1, ['1k', 'single']),
  ...perSet(
    (mover, set) => `${mover} and broker keep both cores 85% busy on ${set}`,
    row => row.busy,
    { least: 0.85, explain: ({ moverThread, brokerThread }) => bounds({ mover: moverThread, broker: brokerThread }) },
  ),
  ...perSet(
    (mover, set) => `${mover} peaks under 200 MB on ${set}`,
    row => row.peakMax / MB,
    { most: 200 },
  ),
]

/** Judges every goal against what was measured. */
export function judgeGoals(measured) {
  return GOALS.map(({ text, least, most, comparable, measure, explain }) => {
    const value = measure(measured)
    if (value === undefined || Number.isNaN(value)) return { text, verdict: 'not measured' }
    if (comparable && !comparable(measured)) return { text, value, verdict: 'too short' }
    const met = least === undefined ? value < most : value >= least
    return met ? { text, value, verdict: 'met' } : { text, value, verdict: 'NOT met', why: explain?.(measured) }
  })
}

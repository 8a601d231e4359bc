import { SETS } from '../lib/sets.mjs'
import { ratio } from './summary.mjs'

const OURS = 'spillway'
const MB = 1e6

const setsOf = type => Object.values(SETS).filter(set => type === undefined || set.type === type)

/** Both copies were long enough to take their start-up away. */
const longEnough = (set, peer) => ({
  comparable: ({ rows }) => [OURS, peer].every(mover => rowOf(rows, set, mover)?.drowned !== false),
})

const faster = (peer, least, type) =>
  setsOf(type).map(({ name: set }) => ({
    text: `${OURS} at least ${least}x ${peer} on ${set}`,
    least,
    ...longEnough(set, peer),
    measure: measured => ratio(measured, { set, ours: OURS, peer })?.median,
  }))

const cheaper = (peer, most) =>
  setsOf().map(({ name: set }) => ({
    text: `${OURS} takes at most ${most} of the client CPU of ${peer} on ${set}`,
    most,
    ...longEnough(set, peer),
    measure: measured => ratio(measured, { set, ours: OURS, peer, of: 'moverCpu' })?.median,
  }))

const small = mover =>
  setsOf().map(({ name: set }) => ({
    text: `${mover} peaks under 200 MB on ${set}`,
    most: 200,
    measure({ rows }) {
      const row = rowOf(rows, set, mover)
      return row?.runs ? row.peakMax / MB : undefined
    },
  }))

const rowOf = (rows, set, mover) => rows.find(row => row.set === set && row.mover === mover)

/** The goals that this bench can measure, stated for 3.10; `least` or `most` bounds what `measure` answers. */
export const GOALS = [
  ...faster('shovel-hash', 1.3, 'classic'),
  ...faster('shovel-one', 0.9, 'classic'),
  ...faster('amqplib-each', 1.5, 'classic'),
  ...faster('amqplib-batched', 1.4, 'quorum'),
  ...cheaper('amqplib-each', 0.5),
  ...cheaper('amqplib-batched', 0.5),
  ...small('spillway'),
  ...small('spillway-key'),
]

/** Judges every goal against what was measured; on RabbitMQ 4 the figures are shown, as the goals are those of 3.10. */
export function judgeGoals(measured) {
  const bound = measured.machine.rabbitmq.startsWith('3.')
  return GOALS.map(({ text, least, most, comparable, measure }) => {
    const value = measure(measured)
    if (value === undefined || Number.isNaN(value)) return { text, verdict: 'not measured' }
    if (comparable && !comparable(measured)) return { text, value, verdict: 'too short' }
    const met = least === undefined ? value <= most : value >= least
    return { text, value, verdict: met ? 'met' : bound ? 'NOT met' : 'below' }
  })
}

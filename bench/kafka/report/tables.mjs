import { fixed, SHARE_HEADS, shareCells, spread, table } from '../../lib/table.mjs'
import { ratio } from './summary.mjs'

const OURS = ['spillway-key', 'spillway-none']

const thousands = value => (value === undefined ? '-' : `${Math.round(value / 1000)}k`)

const HEAD = [
  'set mover',
  'runs',
  's (min–max)',
  'rec/s raw',
  'rec/s net',
  'MB/s net',
  'mover CPU s/M',
  'broker CPU s/M',
]

/** What each mover did on each set: medians over the rounds. */
export const moversTable = rows =>
  table(
    [...HEAD, ...SHARE_HEADS],
    rows.map(row => [
      `${row.set} ${row.mover}`,
      row.wrong > 0 ? `${row.runs} (${row.wrong} WRONG)` : row.runs,
      row.runs > 0 ? `${fixed(row.wall, 2)} (${fixed(row.wallMin, 2)}–${fixed(row.wallMax, 2)})` : '-',
      ...[thousands(row.raw), `${thousands(row.net)}${row.drowned ? '' : '*'}`],
      fixed(row.netBytes === undefined ? undefined : row.netBytes / 1e6, 1),
      ...[fixed(row.moverCpuPerMillion, 2), fixed(row.brokerCpuPerMillion, 2)],
      ...shareCells(row),
    ]),
  )

/** How many times faster ours are than each peer, start-up apart: medians of paired rounds. */
export function ratiosTable(results, startup) {
  const sets = [...new Set(results.map(({ set }) => set))]
  const movers = [...new Set(results.map(({ mover }) => mover))]
  const pairs = OURS.filter(name => movers.includes(name)).flatMap(ours =>
    movers.filter(peer => peer !== ours).map(peer => ({ ours, peer })),
  )
  const cell = (set, pair) => spread(ratio(results, startup, { set, ...pair }))
  const rows = pairs.map(pair => [`${pair.ours} / ${pair.peer}`, ...sets.map(set => cell(set, pair))])
  return table(['ratio of rec/s net', ...sets], rows)
}

/** Seconds for 30 records, from exec to exit. */
export const startupTable = startup =>
  table(
    ['start-up', 's'],
    Object.entries(startup).map(([name, seconds]) => [name, fixed(seconds, 2)]),
  )

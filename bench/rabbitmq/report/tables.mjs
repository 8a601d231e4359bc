import { fixed, SHARE_HEADS, shareCells, spread, table } from '../../lib/table.mjs'
import { ratio } from './summary.mjs'

const OURS = ['spillway', 'spillway-key']

const thousands = value => (value === undefined ? '-' : `${(value / 1000).toFixed(1)}k`)

const HEAD = ['set mover', 'runs', 's (min–max)', 'msg/s raw', 'msg/s net', 'mover CPU s/M', 'broker CPU s/M']

/** What each mover did on each set: medians over the rounds. */
export const moversTable = rows =>
  table(
    [...HEAD, ...SHARE_HEADS],
    rows.map(row => [
      `${row.set} ${row.mover}`,
      row.wrong > 0 ? `${row.runs} (${row.wrong} WRONG)` : row.runs,
      row.runs > 0 ? `${fixed(row.wall, 2)} (${fixed(row.wallMin, 2)}–${fixed(row.wallMax, 2)})` : '-',
      ...[thousands(row.raw), `${thousands(row.net)}${row.drowned ? '' : '*'}`],
      ...[fixed(row.moverCpuPerMillion, 1), fixed(row.brokerCpuPerMillion, 1)],
      ...shareCells(row),
    ]),
  )

/** Ours against each peer, start-up apart: medians of paired rounds. `of`: the rate, or the mover's CPU. */
export function ratiosTable(measured, of) {
  const { results } = measured
  const sets = [...new Set(results.map(({ set }) => set))]
  const movers = [...new Set(results.map(({ mover }) => mover))]
  const peers = movers.filter(name => of === 'rate' || !/^(shovel|limit)/.test(name))
  const pairs = OURS.filter(name => movers.includes(name)).flatMap(ours =>
    peers.filter(peer => peer !== ours).map(peer => ({ ours, peer })),
  )
  const cell = (set, pair) => spread(ratio(measured, { set, ...pair, of }))
  const rows = pairs.map(pair => [`${pair.ours} / ${pair.peer}`, ...sets.map(set => cell(set, pair))])
  return table([of === 'rate' ? 'ratio of msg/s net' : 'ratio of mover CPU', ...sets], rows)
}

/** Seconds for 30 messages, from exec to exit, and the CPU seconds in them, by type of queue. */
export function startupTable(startup) {
  const types = Object.keys(startup)
  const movers = [...new Set(types.flatMap(type => Object.keys(startup[type])))]
  const cells = (mover, type) => {
    const { wall, moverCpu, brokerCpu } = startup[type][mover]
    return [fixed(wall, 2), fixed(moverCpu, 2), fixed(brokerCpu, 2)]
  }
  const head = types.flatMap(type => [`${type} s`, 'mover CPU s', 'broker CPU s'])
  return table(
    ['start-up', ...head],
    movers.map(mover => [mover, ...types.flatMap(type => cells(mover, type))]),
  )
}

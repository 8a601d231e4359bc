import { middleOf, shares } from '../../lib/shares.mjs'
import { median, netSeconds } from '../../lib/stats.mjs'

/** Records a second of one copy: raw, and without the mover's start-up (for MirrorMaker 2: while it moves). */
export function rates({ records, wall, moving }, startup) {
  return { raw: records / wall, net: moving ? moving.rate : records / netSeconds(wall, startup) }
}

/**
 * One row a set and mover: medians over the rounds that were right.
 * @param {object[]} results of `copies`
 * @param {Record<string, number>} startup median seconds by mover
 * @param {(name: string) => import('../lib/sets.mjs').RecordSet} setOf
 */
export function summarize(results, startup, setOf) {
  const keys = [...new Set(results.map(({ set, mover }) => `${set} ${mover}`))]
  return keys.map(key => {
    const [set, mover] = key.split(' ')
    const all = results.filter(result => result.set === set && result.mover === mover)
    const runs = all.filter(({ problem }) => !problem)
    const middle = middleOf(runs)
    const millions = (all[0]?.records ?? 0) / 1e6
    const net = middle(run => rates(run, startup[mover]).net)
    return {
      set,
      mover,
      runs: runs.length,
      wrong: all.length - runs.length,
      wall: middle(({ wall }) => wall),
      wallMin: Math.min(...runs.map(({ wall }) => wall)),
      wallMax: Math.max(...runs.map(({ wall }) => wall)),
      raw: middle(run => rates(run, startup[mover]).raw),
      net,
      drowned: drowned(
        middle(({ wall }) => wall),
        startup[mover],
      ),
      netBytes: net === undefined ? undefined : net * setOf(set).size,
      moverCpuPerMillion: middle(({ moverCpu }) => moverCpu / millions),
      brokerCpuPerMillion: middle(({ brokerCpu }) => brokerCpu / millions),
      ...shares(runs),
      others: runs.flatMap(({ others }) => others).slice(0, 3),
    }
  })
}

/** Start-up is at most a quarter of the copy: a longer one leaves too little to subtract it from. */
const drowned = (wall, startup) => startup === undefined || startup <= (wall ?? Number.POSITIVE_INFINITY) / 4

/**
 * How many times faster `ours` is than `peer` on a set: the median of the ratios of paired rounds, and all of them.
 * @returns {{ median: number, all: number[] } | undefined} undefined where no round has both
 */
export function ratio(results, startup, { set, ours, peer }) {
  const of = name => results.filter(result => result.set === set && result.mover === name && !result.problem)
  const rateOf = result => rates(result, startup[result.mover]).net
  const peers = new Map(of(peer).map(result => [result.round, rateOf(result)]))
  const all = of(ours)
    .filter(({ round }) => peers.get(round))
    .map(result => rateOf(result) / peers.get(result.round))
  return all.length > 0 ? { median: median(all), all } : undefined
}

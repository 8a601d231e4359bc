import { middleOf, shares } from '../../lib/shares.mjs'
import { median, netSeconds } from '../../lib/stats.mjs'

/**
 * What a copy took beyond its mover's start-up for this type of queue: messages a second, CPU seconds a million messages. `letGo` is messages a second until
 * the source was empty, of a mover that has work left then.
 */
export function net({ type, mover, wall, letGo, moverCpu, brokerCpu, records }, startup) {
  const first = startup[type]?.[mover] ?? {}
  const beyond = (seconds, start = 0) => (Math.max(0, seconds - start) / records) * 1e6
  return {
    rate: records / netSeconds(wall, first.wall),
    letGo: records / (letGo ?? netSeconds(wall, first.wall)),
    moverCpu: beyond(moverCpu, first.moverCpu),
    brokerCpu: beyond(brokerCpu, first.brokerCpu),
    drowned: (first.wall ?? 0) <= wall / 4,
  }
}

/**
 * One row a set and mover: medians over the rounds that were right.
 * @param {object[]} results of `copies`
 * @param {object} startup medians of `startups`
 */
export function summarize(results, startup) {
  const keys = [...new Set(results.map(({ set, mover }) => `${set} ${mover}`))]
  return keys.map(key => {
    const [set, mover] = key.split(' ')
    const all = results.filter(result => result.set === set && result.mover === mover)
    const runs = all.filter(({ problem }) => !problem)
    const middle = middleOf(runs)
    const walls = runs.map(({ wall }) => wall)
    return {
      set,
      mover,
      runs: runs.length,
      wrong: all.length - runs.length,
      wall: median(walls),
      wallMin: Math.min(...walls),
      wallMax: Math.max(...walls),
      raw: middle(({ records, wall }) => records / wall),
      net: middle(run => net(run, startup).rate),
      drowned: runs.every(run => net(run, startup).drowned),
      moverCpuPerMillion: middle(run => net(run, startup).moverCpu),
      brokerCpuPerMillion: middle(run => net(run, startup).brokerCpu),
      ...shares(runs),
    }
  })
}

/**
 * How `ours` compares with `peer` on a set: the median of the ratios of paired rounds, and all of them.
 * @param {{ results: object[], startup: object }} measured
 * @param {{ set: string, ours: string, peer: string, of?: 'rate' | 'letGo' | 'moverCpu' }} pair
 * @returns {{ median: number, all: number[] } | undefined} undefined where no round has both
 */
export function ratio({ results, startup }, { set, ours, peer, of = 'rate' }) {
  const right = name => results.filter(result => result.set === set && result.mover === name && !result.problem)
  const figure = result => net(result, startup)[of]
  const peers = new Map(right(peer).map(result => [result.round, figure(result)]))
  const all = right(ours)
    .filter(({ round }) => peers.get(round))
    .map(result => figure(result) / peers.get(result.round))
  return all.length > 0 ? { median: median(all), all } : undefined
}

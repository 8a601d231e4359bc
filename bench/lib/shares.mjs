import { median } from './stats.mjs'

/** The part of the time that a thread ran or was ready to. */
const wanted = thread => (thread === undefined ? undefined : thread.share + thread.waited)

/** Median of what `pick` finds in each run; runs in which it finds nothing do not count. */
export const middleOf = runs => pick => median(runs.map(pick).filter(value => value !== undefined))

/** Medians over runs of what `measure` tells of memory, threads and the machine; `peakMax` is the highest peak. */
export function shares(runs) {
  const middle = middleOf(runs)
  return {
    peak: middle(({ peak }) => peak),
    peakMax: Math.max(...runs.map(({ peak }) => peak)),
    busy: middle(({ busy }) => busy),
    moverThread: middle(({ busiest }) => wanted(busiest?.mover)),
    brokerThread: middle(({ busiest }) => wanted(busiest?.broker)),
    other: middle(({ other }) => other),
    iowait: middle(({ iowait }) => iowait),
    steal: middle(({ steal }) => steal),
  }
}

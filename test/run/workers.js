import { availableParallelism, totalmem } from 'node:os'

/** Memory of a worker at its peak: two Kafkas and a RabbitMQ (1.2 GiB, measured), and a cluster of three that a file starts for itself. */
const GIB_EACH = 2.5
/** The tests wait more than they compute, 0.4 of the time on one processor: so many workers keep it busy. */
const PER_PROCESSOR = 2.5
const MOST = 8

/** How many workers run side by side: `asked` (LIVE_WORKERS), or as many as this machine's processors and memory bear. */
export function workersFor(asked) {
  if (asked !== undefined) return Math.max(1, Number(asked))
  // A container's own limit, where it has one; Node tells a huge number where it has none.
  const memory = Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY)
  const fit = Math.floor((memory * 0.75) / (GIB_EACH * 2 ** 30))
  return Math.max(1, Math.min(Math.floor(availableParallelism() * PER_PROCESSOR), fit, MOST))
}

import { availableParallelism } from 'node:os'

/** More at once than processors, or than the thread pool has threads, would only hold more memory. */
const AT_ONCE = Math.min(4, Math.max(2, availableParallelism()))

const waiting: (() => void)[] = []
let free = AT_ONCE

/** Runs work of the thread pool, as much at once as there are processors, the rest in the order of the calls. */
export async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (free > 0) free--
  else await new Promise<void>(resolve => waiting.push(resolve))
  try {
    return await work()
  } finally {
    const next = waiting.shift()
    if (next) next()
    else free++
  }
}

import { writeFileSync } from 'node:fs'

/**
 * Counts handled messages and writes, when the process ends, how long it took from the first to the last: what every worker of the bench is
 * judged by, start-up apart. Into the file that BENCH_OUT names.
 */
let handled = 0
let first = 0
let last = 0
let busy = 0

export function begin() {
  const now = performance.now()
  if (first === 0) first = now
  return now
}

export function end(began) {
  last = performance.now()
  handled++
  busy += last - began
}

/** A batch that was handled at once. */
export function ended(count) {
  last = performance.now()
  handled += count
}

export const count = () => handled

process.on('exit', () => {
  if (process.env.BENCH_OUT === undefined) return
  const seconds = (last - first) / 1000
  writeFileSync(
    process.env.BENCH_OUT,
    JSON.stringify({ handled, seconds, latencyMs: handled > 0 ? busy / handled : 0 }),
  )
})

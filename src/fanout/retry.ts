/** Longest pause between two tries of a message. Milliseconds. */
const LONGEST_MS = 30_000
const FIRST_MS = 200

/**
 * Pause before the try that follows `tries` failed ones: doubling from 200 ms to 30 s, of which a random half, so that what failed together does
 * not come back together ("equal jitter", https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/). `random` gives 0 up to 1.
 */
export function retryDelayMs(tries: number, random: () => number): number {
  const ceiling = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(tries - 1, 20))
  return ceiling / 2 + (ceiling / 2) * random()
}

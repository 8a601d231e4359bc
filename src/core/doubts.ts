import type { DoubtedRange, RunSoFar } from './fold.js'

/**
 * The doubts that stand: of those that count each time, as a queue's do, all of a lane for one reason are one; none where all of it was taken back.
 * Pure.
 */
export function standingDoubts({ doubted }: Pick<RunSoFar, 'doubted'>): readonly DoubtedRange[] {
  const standing = new Map<string, DoubtedRange>()
  for (const [at, range] of doubted.entries()) {
    const key = range.occasion === undefined ? String(at) : `${range.lane} ${range.why}`
    const before = standing.get(key)
    const messages = (before?.messages ?? 0n) + range.messages
    standing.set(key, before === undefined ? range : { ...before, to: range.to, messages })
  }
  return [...standing.values()].filter(({ messages, occasion }) => messages > 0n || occasion === undefined)
}

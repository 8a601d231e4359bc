import type { TailLog } from '../../../../src/replay/rows/tail.js'

/** Lines in memory, which outlive whoever writes them. */
export const memoryTail = (): TailLog & { readonly kept: string[] } => {
  const kept: string[] = []
  return {
    kept,
    async *lines() {
      yield* [...kept]
    },
    append: async lines => void kept.push(...lines),
    keep: async lines => void kept.splice(lines),
  }
}

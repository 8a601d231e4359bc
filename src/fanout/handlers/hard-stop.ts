/** Calls `giveUp` when a signal that was shown to it aborts: one listener a signal, however many messages come with it. */
export function hardStop(giveUp: () => void): (hard: AbortSignal) => void {
  const seen = new WeakSet<AbortSignal>()
  let last: AbortSignal | undefined
  return hard => {
    if (hard === last) return
    last = hard
    if (seen.has(hard)) return
    seen.add(hard)
    if (hard.aborted) giveUp()
    else hard.addEventListener('abort', giveUp, { once: true })
  }
}

/** The ways in which work of unknown length can end; the first one counts. */
export type Ending = {
  /** Resolves at `done`; rejects with what `fail` was given, the signal's reason, or `stalled()`. */
  readonly reached: Promise<void>
  readonly done: () => void
  readonly fail: (reason: unknown) => void
  /** Something was done: it stalls only after another `stallMs`. */
  readonly alive: () => void
  readonly release: () => void
}

/** Watches work until it is done, fails, is stopped, or has done nothing for `stallMs`, which fails with what `stalled` makes. */
export function endingOf(
  signal: AbortSignal,
  { stallMs, stalled }: { readonly stallMs: number; readonly stalled: () => Error },
): Ending {
  let done: () => void = () => undefined
  let fail: (reason: unknown) => void = () => undefined
  const reached = new Promise<void>((resolve, reject) => {
    done = resolve
    fail = reject
  })
  // It may fail before anybody waits for it.
  reached.catch(() => undefined)
  const stopped = () => fail(signal.reason)
  signal.addEventListener('abort', stopped, { once: true })
  if (signal.aborted) stopped()
  const timer = setTimeout(() => fail(stalled()), stallMs)
  const release = () => {
    clearTimeout(timer)
    signal.removeEventListener('abort', stopped)
  }
  return { reached, done, fail, alive: () => void timer.refresh(), release }
}

/** Wakes whoever waits for something to change. A wake while nobody waits is not kept: look before you wait. */
export class Signal {
  #wakers: (() => void)[] = []

  wake(): void {
    for (const wake of this.#wakers.splice(0)) wake()
  }

  /** Resolves at the next wake, after `ms`, or when `abort` aborts. */
  wait(ms: number, abort?: AbortSignal): Promise<void> {
    return new Promise(resolve => {
      const done = () => {
        clearTimeout(timer)
        abort?.removeEventListener('abort', done)
        resolve()
      }
      const timer = setTimeout(done, ms)
      this.#wakers.push(done)
      if (abort?.aborted) done()
      else abort?.addEventListener('abort', done, { once: true })
    })
  }
}

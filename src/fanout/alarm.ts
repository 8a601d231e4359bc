/** A wait that ends early when somebody rings. */
export class Alarm {
  #wake: (() => void) | undefined
  #rung = false

  /** Ends the wait of now, or else the next one at once. */
  ring(): void {
    this.#rung = true
    this.#wake?.()
  }

  /** Resolves when it is rung, or after `ms`. */
  async wait(ms: number): Promise<void> {
    if (!this.#rung) {
      let timer: NodeJS.Timeout | undefined
      await new Promise<void>(resolve => {
        this.#wake = resolve
        timer = setTimeout(resolve, ms)
      })
      clearTimeout(timer)
      this.#wake = undefined
    }
    this.#rung = false
  }
}

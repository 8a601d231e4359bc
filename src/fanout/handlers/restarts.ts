/** Milliseconds to wait before the next start, by the number of deaths in a row; one more and the handler is broken. */
const PAUSES_MS = [0, 250, 1_000, 4_000]

/** Decides, for one process or thread that died again, when it is started anew. */
export class Restarts {
  readonly #pausesMs: readonly number[]
  #inRow = 0

  constructor(pausesMs: readonly number[] = PAUSES_MS) {
    this.#pausesMs = pausesMs
  }

  /** `answered`: it had done something since it was started. Undefined after five deaths in a row without an answer. */
  next(answered: boolean): number | undefined {
    if (answered) this.#inRow = 0
    return this.#pausesMs[this.#inRow++]
  }
}

/**
 * Counts all messages of a source: ready, in hand and acked. A broker that crashes may have lost acks that it had taken (classic queues
 * write them lazily): their messages are ready again, and nothing but the sum tells.
 */
export class Census {
  readonly #captured: number
  #arrived = 0
  #again = 0

  /** `captured`: what was ready when the run began. */
  constructor(captured: number) {
    this.#captured = captured
  }

  /** Messages that came back after they had been acked; they are to be read on top of the captured ones. */
  get again(): number {
    return this.#again
  }

  /** Messages that were not there when the run began, as far as it was seen. */
  get arrived(): number {
    return this.#arrived
  }

  /** A sum of a quiet moment: what is too many has arrived since. */
  count(sum: number): void {
    this.#arrived = Math.max(this.#arrived, this.#surplus(sum))
  }

  /** A sum after a connection was lost, once the ready count stands still. Gives how many are too many now that were not before. */
  recount(sum: number): number {
    const back = Math.max(0, this.#surplus(sum) - this.#arrived)
    this.#again += back
    return back
  }

  #surplus(sum: number): number {
    return sum - this.#captured - this.#again
  }
}

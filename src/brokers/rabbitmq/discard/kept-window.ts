/** So many messages of so many bytes, up to a delivery tag; those that were counted before are not among them. */
export type Prefix = { readonly tag: number; readonly messages: number; readonly bytes: number }

type Run = { first: number; readonly last: number; bytes: number; readonly counted: boolean }

/**
 * Messages between delivery and ack, as runs of delivery tags in order: taken, then kept (on disk), then acked. A run has no gap, as a channel
 * numbers its deliveries one by one.
 */
export class KeptWindow {
  #runs: Run[] = []
  #kept = 0

  /** Taken and not acked. */
  get size(): number {
    return this.#runs.reduce((sum, run) => sum + lengthOf(run), 0)
  }

  /** Of them, those that count as let go when they are acked. */
  get counting(): number {
    return this.#runs.reduce((sum, run) => (run.counted ? sum : sum + lengthOf(run)), 0)
  }

  /** The first delivery tag of them; Infinity where there is none. */
  get first(): number {
    return this.#runs[0]?.first ?? Number.POSITIVE_INFINITY
  }

  /** Of them, those that are not kept yet. */
  get pending(): number {
    return this.#runs.reduce((sum, { first, last }) => sum + Math.max(0, last - Math.max(first, this.#kept + 1) + 1), 0)
  }

  /** `counted`: they were let go before, and came back. */
  take({ first, last, bytes, counted = false }: Omit<Run, 'counted'> & { readonly counted?: boolean }): void {
    this.#runs.push({ first, last, bytes, counted })
  }

  /** All up to a tag is kept. */
  keep(tag: number): void {
    this.#kept = tag
  }

  /** The kept ones up to a tag, which are acked from now on; undefined where there are none. */
  acked(upTo: number): Prefix | undefined {
    const most = Math.min(upTo, this.#kept)
    let [tag, messages, bytes] = [0, 0, 0]
    for (let run = this.#runs[0]; run !== undefined && run.first <= most; run = this.#runs[0]) {
      const part = cut(run, most)
      tag = Math.min(run.last, most)
      messages += run.counted ? 0 : part.messages
      bytes += run.counted ? 0 : part.bytes
      if (tag < run.last) break
      this.#runs.shift()
    }
    return tag === 0 ? undefined : { tag, messages, bytes }
  }

  /** The tags of those that are not kept, which leave it. */
  takeUnkept(): number[] {
    const tags: number[] = []
    for (const { first, last } of this.#runs)
      for (let tag = Math.max(first, this.#kept + 1); tag <= last; tag++) tags.push(tag)
    this.#runs = this.#runs.filter(({ first }) => first <= this.#kept)
    this.#runs = this.#runs.map(run => ({ ...run, last: Math.min(run.last, this.#kept) }))
    return tags
  }

  /** Forgets all: their channel is gone, and its tags with it. */
  clear(): void {
    this.#runs = []
    this.#kept = 0
  }
}

const lengthOf = ({ first, last }: Run): number => last - first + 1

/** Takes the part of a run up to a tag off it; its bytes by proportion. */
function cut(run: Run, upTo: number): { messages: number; bytes: number } {
  const whole = lengthOf(run)
  const messages = Math.min(run.last, upTo) - run.first + 1
  const bytes = messages === whole ? run.bytes : Math.floor((run.bytes * messages) / whole)
  run.first += messages
  run.bytes -= bytes
  return { messages, bytes }
}

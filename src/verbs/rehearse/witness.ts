import { RunError } from '../../errors.js'

/** Digits in front of each value that `lab fill` makes: the number of the record. */
const NUMBER_DIGITS = 12

/** What a reader found, against what was filled. */
export type Testimony = {
  readonly handled: number
  readonly missing: number
  readonly twice: number
  readonly outOfOrder: number
}

/** Counts what a stand-in handler gets, record by record, without knowing anything of the run's own counts. */
export class Witness {
  readonly #seen: Uint8Array
  readonly #lastOfKey = new Map<string, number>()
  #handled = 0
  #distinct = 0
  #outOfOrder = 0

  /** `records`: how many were filled, numbered from 0. */
  constructor(records: number) {
    this.#seen = new Uint8Array(records)
  }

  get handled(): number {
    return this.#handled
  }

  /** Takes one message of the backlog; messages of one key must come in the order of their numbers. */
  take(key: Buffer | null, value: Buffer | null): void {
    this.#handled++
    const number = Number(value?.toString('latin1', 0, NUMBER_DIGITS))
    if (this.#seen[number] === 0) this.#distinct++
    this.#seen[number] = 1
    const name = key?.toString('latin1') ?? ''
    if (number < (this.#lastOfKey.get(name) ?? -1)) this.#outOfOrder++
    this.#lastOfKey.set(name, number)
  }

  /** What it adds up to. */
  testimony(): Testimony {
    const missing = this.#seen.length - this.#distinct
    return { handled: this.#handled, missing, twice: this.#handled - this.#distinct, outOfOrder: this.#outOfOrder }
  }
}

/** Throws RunError where one message is missing, there twice, or behind a later one of its key. */
export function checkTestimony({ handled, missing, twice, outOfOrder }: Testimony): void {
  if (missing === 0 && twice === 0 && outOfOrder === 0) return
  const what = `${handled} handled, ${missing} missing, ${twice} twice, ${outOfOrder} out of order`
  throw new RunError(`The stand-in consumers did not get what was filled: ${what}`, {
    code: 'rehearsal-mismatch',
    hint: 'Do not trust this version with a real queue. Run it again with --keep and report what you find.',
  })
}

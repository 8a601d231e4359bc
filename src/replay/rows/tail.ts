import type { Mark } from '../../core/event.js'
import { RunError } from '../../errors.js'
import { END, positionOf, START } from './mark.js'
import { PlaceSet } from './place-set.js'
import type { RowPlace } from './ports.js'

/** Lines that outlive the process: what was handed out of the tail of a window. */
export interface TailLog {
  lines(): AsyncIterable<string>
  /** Resolves when they are on disk. */
  append(lines: readonly string[]): Promise<void>
  /** Keeps so many lines from the front, and no more. */
  keep(lines: number): Promise<void>
}

/** A position that was handed out in a pass; `place` is of the row before it, where it is one that goes or was left out. */
export type Handed = { readonly mark: Mark; readonly pass: number; readonly place?: RowPlace }

/**
 * What of the tail of a window was handed out, so that a pass over it finds what was committed late, and no row goes twice. Each position of the tail is on disk
 * before whatever holds it can be settled; what lies behind the settled position is forgotten when the lane is opened there again.
 */
export class Tail {
  readonly #log: TailLog
  #seen = new PlaceSet()
  /** Rows that were found by each pass over the tail. */
  #found = new Map<number, number>()

  constructor(log: TailLog) {
    this.#log = log
  }

  /** Goes back to what was handed out up to a settled position. Throws RunError `tail-lost` where the log does not know that. */
  async openAt(mark: Mark): Promise<void> {
    this.#seen = new PlaceSet()
    this.#found = new Map()
    const kept = mark === START ? 0 : await this.#linesUpTo(mark)
    let line = 0
    for await (const text of this.#log.lines()) {
      if (line++ >= kept) break
      this.#remember(handedOf(text))
    }
    await this.#log.keep(kept)
  }

  has(place: RowPlace): boolean {
    return this.#seen.has(place)
  }

  /** Resolves when the positions are on disk. */
  async write(handed: readonly Handed[]): Promise<void> {
    if (handed.length === 0) return
    await this.#log.append(handed.map(lineOf))
    for (const each of handed) this.#remember(each)
  }

  /** Rows that a pass over the tail has found so far. */
  foundIn(pass: number): number {
    return this.#found.get(pass) ?? 0
  }

  /** Rows that came late, over all passes. */
  get late(): number {
    return [...this.#found.values()].reduce((sum, each) => sum + each, 0)
  }

  #remember({ pass, place }: Handed): void {
    if (place === undefined) return
    this.#seen.add(place)
    if (pass > 0) this.#found.set(pass, this.foundIn(pass) + 1)
  }

  /** A position of the first pass that it does not know lies before the tail: nothing was handed out of it yet. */
  async #linesUpTo(mark: Mark): Promise<number> {
    let [line, found] = [0, 0]
    for await (const text of this.#log.lines()) {
      line++
      if (handedOf(text).mark === mark) found = line
    }
    if (found > 0 || mark === END || positionOf(mark).pass === 0) return mark === END ? line : found
    throw new RunError('What was sent of the end of the window is not known any more', {
      code: 'tail-lost',
      hint: `tail.ndjson of the run lacks ${mark}. What was read is sent; plan anew for what came late since, with reconcile and --missing-from.`,
    })
  }
}

const lineOf = ({ mark, place }: Handed): string => JSON.stringify(place === undefined ? [mark] : [mark, 1])

function handedOf(text: string): Handed {
  const [mark, isRow] = JSON.parse(text) as [Mark, 1?]
  const { pass, after: place } = positionOf(mark)
  return isRow === undefined || place === undefined ? { mark, pass } : { mark, pass, place }
}

import type { Entry } from './entry.js'
import type { Outcome } from './ports.js'

/** One place at the handler, used again and again: a message costs no functions of its own. */
export class Place {
  entry: Entry | undefined
  readonly done: (outcome: Outcome) => void
  readonly broken: (error: unknown) => void

  constructor(done: (place: Place, outcome: Outcome) => void, broken: (place: Place, error: unknown) => void) {
    this.done = outcome => done(this, outcome)
    this.broken = error => broken(this, error)
  }
}

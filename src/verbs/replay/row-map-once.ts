import { resolve } from 'node:path'
import type { PlannedMap } from '../../core/row-mapping.js'
import type { Io } from '../../io.js'
import type { RowMap } from '../../replay/rows/map/open.js'

/** The mapping of a command: read once, when it is first needed. */
export class RowMapOnce implements Disposable {
  readonly #asked: string | PlannedMap | undefined
  readonly #io: Pick<Io, 'err'>
  #opened: Promise<RowMap> | undefined
  #giveBack: (() => void) | undefined

  /** A file as it was typed, or the mapping of a plan. */
  constructor(asked: string | PlannedMap | undefined, io: Pick<Io, 'err'>) {
    this.#asked = asked
    this.#io = io
  }

  /** Undefined where rows go as they are. Throws UserError, Refusal `stale`. */
  async get(): Promise<RowMap | undefined> {
    if (this.#asked === undefined) return undefined
    this.#opened ??= this.#open(this.#asked)
    return this.#opened
  }

  [Symbol.dispose](): void {
    this.#giveBack?.()
  }

  async #open(asked: string | PlannedMap): Promise<RowMap> {
    const { isModule, openMap, reopenMap } = await import('../../replay/rows/map/open.js')
    if (isModule(typeof asked === 'string' ? asked : asked.file)) await this.#divert()
    return typeof asked === 'string' ? openMap(resolve(asked)) : reopenMap(asked)
  }

  /** What a module logs must not land in the result. */
  async #divert(): Promise<void> {
    const { divertConsole } = await import('../../fanout/handlers/module/own-console.js')
    this.#giveBack = divertConsole(line => this.#io.err.write(`${line}\n`))
  }
}

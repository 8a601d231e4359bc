import { formatDatabase } from '../core/address/database.js'
import type { RowsAsked } from '../core/rows-asked.js'
import type { RowPage, RowPlace, RowSource, RowsLook, WindowEnd } from '../replay/rows/ports.js'
import { beforeBegun, fromDatabase, midway } from './errors.js'
import type { DatabaseOptions } from './options.js'

/** Rows of a database, what its client throws told as the port has it. After a fault in the middle of a run its session is made anew. */
export class ToldRows implements RowSource {
  readonly #rows: Required<RowSource>
  readonly #where: string

  constructor(rows: Required<RowSource>, { address }: Pick<DatabaseOptions, 'address'>) {
    this.#rows = rows
    this.#where = formatDatabase(address)
  }

  async look(asked: RowsAsked): Promise<RowsLook> {
    try {
      return await this.#rows.look(asked)
    } catch (error) {
      throw beforeBegun(fromDatabase(error, this.#where))
    }
  }

  page(asked: RowsAsked, after: RowPlace | undefined, limit: number): Promise<RowPage> {
    return this.#told(this.#rows.page(asked, after, limit))
  }

  unsettled(window: WindowEnd): Promise<string | undefined> {
    return this.#told(this.#rows.unsettled(window))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#rows[Symbol.asyncDispose]()
  }

  async #told<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer
    } catch (error) {
      await this.#rows[Symbol.asyncDispose]()
      throw midway(fromDatabase(error, this.#where))
    }
  }
}

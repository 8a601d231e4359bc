import type { MissingGiven } from '../../commands/missing-asked.js'
import type { MissingFrom } from '../../core/missing-from.js'
import type { DrainRefusal } from '../../drain/refusals.js'
import type { IdStream } from '../../reconcile/ports.js'
import type { Wanted } from '../../reconcile/wanted.js'
import type { Where } from '../system.js'
import { lookAtSeen, openMissing, plannedMissing } from './missing.js'

/** What rows, and what they are compared with, are reached by. */
export type RowsWhere = Where & { readonly config?: string | undefined; readonly management?: string | undefined }

/** Which rows of a replay alone are sent. */
export type MissingRows = {
  readonly planned: MissingFrom
  /** What speaks against comparing now. */
  readonly refusals: readonly DrainRefusal[]
  /** What comparing does to where it looks. */
  readonly warnings: readonly string[]
  /** What a plan says of their number, out of so many rows. */
  bounds(rows: bigint | undefined): { readonly isUpperBound: boolean; readonly matching?: bigint }
  /** Opens the list of them; it is kept in the folder of a run. Throws as `openMissing`. */
  open(folder: string | undefined): Promise<Wanted>
}

/** Opens the ids of all that could be sent. */
export type OpenAll = () => Promise<IdStream & AsyncDisposable>

/** What `--missing-from` says of a command: looked at once, when it is first needed. */
export class MissingOnce {
  readonly #asked: MissingGiven | undefined
  readonly #ids: OpenAll
  readonly #where: RowsWhere
  #looked: Promise<MissingRows> | undefined

  constructor(asked: MissingGiven | undefined, ids: OpenAll, where: RowsWhere) {
    this.#asked = asked
    this.#ids = ids
    this.#where = where
  }

  /** Undefined where all rows are sent. Throws UserError `no-file`. */
  async get(): Promise<MissingRows | undefined> {
    if (this.#asked === undefined) return undefined
    this.#looked ??= this.#look(this.#asked)
    return this.#looked
  }

  async #look(asked: MissingGiven): Promise<MissingRows> {
    const planned = await plannedMissing(asked, this.#where)
    return {
      planned,
      // A run that goes on has its list already, or looks there when it makes it.
      ...(asked === planned ? NOTHING : await lookAtSeen({ asked, planned }, this.#among())),
      bounds: rows => boundsOf(planned, rows),
      open: folder => openMissing({ asked, planned }, this.#among(), folder),
    }
  }

  #among() {
    const { config, management, io, present } = this.#where
    return { where: { io, present }, config, management, ids: this.#ids }
  }
}

const NOTHING = { refusals: [], warnings: [] }

/** Ids of a list may lie outside of the window, or be of rows that are gone. */
const boundsOf = (planned: MissingFrom, rows: bigint | undefined) => {
  if (planned.kind === 'seen') return { isUpperBound: true }
  const ids = BigInt(planned.ids)
  return { isUpperBound: true, matching: rows !== undefined && rows < ids ? rows : ids }
}

import type { ArchiveLane, ArchiveWriter, Piece } from '../../../archive/ports.js'
import type { Mark } from '../../../core/event.js'
import { Bug } from '../../../errors.js'

/** What keeps one lane; nothing does where there is no archive. */
export class LaneArchive {
  readonly #lane: string
  readonly #archive: Pick<ArchiveWriter, 'lane' | 'sync'> | undefined
  #opened: Promise<ArchiveLane> | undefined

  constructor(lane: string, archive: Pick<ArchiveWriter, 'lane' | 'sync'> | undefined) {
    this.#lane = lane
    this.#archive = archive
  }

  /**
   * Keeps a piece. The lane of the archive is begun with the first one, so that a lane at its end leaves its files as they are; what lies there behind `settled`
   * is cut off. Throws HoldError `archive disk: …`, RunError.
   */
  async append(piece: Piece, settled: Mark | undefined): Promise<void> {
    if (this.#archive === undefined) throw new Bug(`Partition ${this.#lane} has something to keep, and no archive`)
    this.#opened ??= this.#archive.lane(this.#lane, settled)
    await (await this.#opened).append(piece)
  }

  /** Resolves when all that was kept is on disk. */
  async sync(): Promise<void> {
    await this.#archive?.sync()
  }

  /** The next piece begins it anew. */
  forget(): void {
    this.#opened = undefined
  }
}

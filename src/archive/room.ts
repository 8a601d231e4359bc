import { statfs } from 'node:fs/promises'
import { formatBytes } from '../core/quantity.js'
import { HoldError } from '../errors.js'

/** Free blocks of a file system, for those who are not root, and their size in bytes; as statfs(2) gives them. */
export type Statfs = (path: string) => Promise<{ readonly bavail: number; readonly bsize: number }>

/** Others write to the disk too: look again after so many bytes at the latest. */
const LOOK_BYTES = 64 * 2 ** 20

/** Room on the file system of an archive, down to a floor. */
export class Room {
  readonly #folder: string
  readonly #floor: number
  readonly #statfs: Statfs
  /** Bytes that may be written before the next look. */
  #left = 0

  constructor(folder: string, floorBytes: bigint, look: Statfs = statfs) {
    this.#folder = folder
    this.#floor = Number(floorBytes)
    this.#statfs = look
  }

  /** Takes room for bytes that will be written. Throws HoldError `archive disk: …` where less than the floor would stay free. */
  async take(bytes: number): Promise<void> {
    if (bytes > this.#left) await this.#look(bytes)
    this.#left -= bytes
  }

  /** What was found before does not count any more: the disk was full. */
  forget(): void {
    this.#left = 0
  }

  async #look(bytes: number): Promise<void> {
    this.#left = 0
    const { bavail, bsize } = await this.#statfs(this.#folder)
    const free = bavail * bsize
    const over = free - this.#floor - bytes
    if (over < 0)
      throw new HoldError(
        `archive disk: ${formatBytes(free)} free where ${this.#folder} lies, and ${formatBytes(this.#floor)} are to stay free`,
        'clears',
      )
    this.#left = bytes + Math.min(LOOK_BYTES, over / 2)
  }
}

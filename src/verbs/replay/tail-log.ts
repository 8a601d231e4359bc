import { join } from 'node:path'
import { type AppendFile, openAppendFile } from '../../journal/append-file.js'
import { readLines } from '../../journal/read-lines.js'
import type { TailLog } from '../../replay/rows/tail.js'

/** What a replay of rows has handed out of the end of its window. */
const TAIL_FILE = 'tail.ndjson'

/** Lines in the folder of a run, synced as the journal is. */
export class FolderTailLog implements TailLog, AsyncDisposable {
  readonly #path: string
  #file: AppendFile | undefined

  constructor(folder: string) {
    this.#path = join(folder, TAIL_FILE)
  }

  async *lines(): AsyncGenerator<string> {
    for await (const { text } of readLines(this.#path)) yield text
  }

  async append(lines: readonly string[]): Promise<void> {
    const file = this.#file ?? (await openAppendFile(this.#path, await this.#endOf(Number.POSITIVE_INFINITY)))
    this.#file = file
    // All of them are one write.
    await file.append(lines.join('\n'))
  }

  async keep(lines: number): Promise<void> {
    await this[Symbol.asyncDispose]()
    if (lines > 0 || (await this.#endOf(1)) > 0) this.#file = await openAppendFile(this.#path, await this.#endOf(lines))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file?.close()
    this.#file = undefined
  }

  /** Bytes of so many lines; a line that was cut by a crash is none. */
  async #endOf(lines: number): Promise<number> {
    let [count, end] = [0, 0]
    for await (const line of readLines(this.#path)) {
      if (count++ >= lines) break
      end = line.end
    }
    return end
  }
}

import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { RunError } from '../errors.js'
import { codeOf } from './system-error.js'

type Line = { readonly text: string; readonly done: () => void; readonly failed: (error: unknown) => void }

const FULL: readonly string[] = ['ENOSPC', 'EDQUOT', 'EFBIG']

/**
 * A file of lines of which each `append` resolves once its line is on disk. Lines that queue up while a sync is under way share the
 * next write and sync (group commit); they stay in the order of the calls. After a failed write the file is cut back to its last
 * synced line, so that a later append may succeed.
 */
export class AppendFile {
  readonly #path: string
  readonly #handle: FileHandle
  #size: number
  #queue: Line[] = []
  #writing: Promise<void> | undefined

  constructor(path: string, handle: FileHandle, size: number) {
    this.#path = path
    this.#handle = handle
    this.#size = size
  }

  /** Adds one line, without its newline. Throws RunError `journal-full` or `journal-unwritable`; the line is then not in the file. */
  append(text: string): Promise<void> {
    return new Promise((done, failed) => {
      this.#queue.push({ text, done, failed })
      this.#writing ??= this.#writeAll()
    })
  }

  /** Waits for what is queued, then closes. */
  async close(): Promise<void> {
    await this.#writing
    await this.#handle.close()
  }

  async #writeAll(): Promise<void> {
    // Lines of the same tick share the first write too.
    await Promise.resolve()
    while (this.#queue.length > 0) await this.#writeGroup(this.#queue.splice(0))
    this.#writing = undefined
  }

  async #writeGroup(lines: readonly Line[]): Promise<void> {
    const bytes = Buffer.from(lines.map(line => `${line.text}\n`).join(''))
    try {
      await writeAt(this.#handle, bytes, this.#size)
      await this.#handle.datasync()
      this.#size += bytes.length
      for (const line of lines) line.done()
    } catch (error) {
      const failure = await this.#cutBack(error)
      for (const line of lines) line.failed(failure)
    }
  }

  /** The folder is named after its run. */
  get #resume(): string {
    return `spillway resume ${basename(dirname(this.#path))}`
  }

  async #cutBack(error: unknown): Promise<RunError> {
    const cut = await this.#handle.truncate(this.#size).then(
      () => undefined,
      (reason: unknown) => reason,
    )
    const cause = cut === undefined ? error : new AggregateError([error, cut], 'write and truncate failed')
    if (FULL.includes(codeOf(error))) {
      return new RunError(`The disk is full: ${this.#path} cannot be written`, {
        code: 'journal-full',
        hint: `Make room there, then \`${this.#resume}\`. Nothing was settled without its journal entry being tried.`,
        cause,
      })
    }
    return new RunError(`${this.#path} cannot be written (${codeOf(error)})`, {
      code: 'journal-unwritable',
      hint: `Mend the disk or its mount, then \`${this.#resume}\`.`,
      cause,
    })
  }
}

/** Opens a file of lines to append to from `size` on; what lies behind is cut off. Makes it where it is missing. */
export async function openAppendFile(path: string, size: number): Promise<AppendFile> {
  const handle = await open(path, constants.O_RDWR | constants.O_CREAT, 0o600)
  const { size: now } = await handle.stat()
  if (now > size) await handle.truncate(size)
  return new AppendFile(path, handle, size)
}

async function writeAt(handle: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, position + done)
    done += bytesWritten
  }
}

import { open } from 'node:fs/promises'
import { RunError, UserError } from '../../errors.js'
import { type ParkedRecord, parkedToJson } from '../../journal/parked.js'

/** A file that parked messages are added to, a line each; several processes may share it. */
export type ParkFile = {
  /** Resolves when the line is on disk. Throws RunError `park-unwritable`. */
  append(record: ParkedRecord): Promise<void>
  close(): Promise<void>
}

const NEWLINE = 0x0a

/** Opens or makes the file of `--park file:PATH`. Throws UserError `park` where it cannot be written. */
export async function openParkFile(path: string): Promise<ParkFile> {
  const handle = await open(path, 'a+', 0o600).catch((cause: NodeJS.ErrnoException) => {
    throw new UserError(`${path} cannot be written (${cause.code})`, {
      code: 'park',
      hint: 'Name a file in a folder that is there: --park file:PATH.',
      cause,
    })
  })
  const { size } = await handle.stat()
  const last = Buffer.alloc(1)
  if (size > 0) await handle.read(last, 0, 1, size - 1)
  // A crash may have cut the last line: the next one must not become its end.
  let before = size > 0 && last[0] !== NEWLINE ? '\n' : ''
  return {
    async append(record) {
      const line = `${before}${parkedToJson(record)}\n`
      before = ''
      try {
        // O_APPEND: each write lands behind the end of now, also beside other processes (POSIX write).
        await handle.appendFile(line)
        await handle.datasync()
      } catch (cause) {
        throw new RunError(`${path} cannot be written (${(cause as NodeJS.ErrnoException).code})`, {
          code: 'park-unwritable',
          hint: 'Make room, then resume: the message was not settled.',
          cause,
        })
      }
    },
    close: () => handle.close(),
  }
}

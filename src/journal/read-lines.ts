import { createReadStream } from 'node:fs'
import { RunError } from '../errors.js'

/** One whole line of a journal; `end` is the position right behind its newline, in bytes. */
export type JournalLine = { readonly text: string; readonly number: number; readonly end: number }

const NEWLINE = 0x0a

/** The whole lines of a file. A last line without its newline was never acknowledged: it is left out. A missing file has none. */
export async function* readLines(path: string): AsyncGenerator<JournalLine> {
  // Of a line that came in many pieces, none is copied or looked through twice: one that was parked may have 20 MB.
  let begun: Buffer[] = []
  let [number, end] = [0, 0]
  try {
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
      let from = 0
      for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
        const last = chunk.subarray(from, at)
        const line = begun.length === 0 ? last : Buffer.concat([...begun, last])
        begun = []
        end += line.length + 1
        yield { text: line.toString(), number: ++number, end }
        from = at + 1
      }
      if (from < chunk.length) begun.push(chunk.subarray(from))
    }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
  }
}

/** Parses one line. Throws RunError `journal-corrupt`, naming file and line. */
export function parseLine<T>(path: string, line: JournalLine, revive: (raw: unknown) => T): T {
  try {
    return revive(JSON.parse(line.text))
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new RunError(`${path} is damaged in line ${line.number}: ${why}`, {
      code: 'journal-corrupt',
      hint: 'Keep the folder as it is. `spillway resume --adopt SOURCE` carries on from what the broker knows.',
      details: [{ at: `line ${line.number}`, message: why }],
      cause,
    })
  }
}

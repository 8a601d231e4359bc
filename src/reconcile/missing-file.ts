import { randomBytes } from 'node:crypto'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { RunError } from '../errors.js'
import type { Work } from './work.js'

const INLINE = 1000
const SQL = 'SELECT id FROM work.missing ORDER BY time NULLS LAST, id'

/** Writes the missing ids, oldest first, one a line, whole or not at all; gives the first 1,000. Throws RunError `id-with-newline`, `reconcile`, the signal's reason. */
export async function writeMissing(work: Work, path: string, signal: AbortSignal): Promise<readonly string[]> {
  const draft = `${path}.${process.pid}-${randomBytes(3).toString('hex')}`
  const first: string[] = []
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  try {
    await using file = await open(draft, 'wx', 0o600)
    for await (const rows of work.db.rows(SQL)) {
      signal.throwIfAborted()
      const ids = rows.map(({ id }) => oneLine(String(id)))
      first.push(...ids.slice(0, INLINE - first.length))
      await file.write(`${ids.join('\n')}\n`)
    }
    await file.sync()
    await rename(draft, path)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
  return first
}

function oneLine(id: string): string {
  if (!/[\r\n]/.test(id)) return id
  throw new RunError(`The id ${JSON.stringify(id.slice(0, 80))} holds an end of line, and the list has one id a line`, {
    code: 'id-with-newline',
    hint: 'Choose another column with --key.',
  })
}

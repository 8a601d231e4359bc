import { createHash, randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { StringDecoder } from 'node:string_decoder'
import { UserError } from '../errors.js'

/** What a list of ids holds: lines with an id, and SHA-256 of these. */
export type ListLook = { readonly ids: number; readonly digest: string }

/** Some hundred ids of a list with an id a line, blank lines left out; only `\n` and `\r\n` end a line. Throws UserError `no-file`. */
export async function* idsOf(path: string): AsyncGenerator<readonly string[]> {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  try {
    for await (const chunk of createReadStream(path)) {
      const lines = (rest + decoder.write(chunk as Buffer)).split('\n')
      rest = lines.pop() ?? ''
      const ids = lines.map(bare).filter(id => id !== '')
      if (ids.length > 0) yield ids
    }
  } catch (cause) {
    throw new UserError(`${path} cannot be read (${(cause as NodeJS.ErrnoException).code})`, {
      code: 'no-file',
      hint: 'Give the file of missing ids that `spillway reconcile` wrote, one id a line.',
      cause,
    })
  }
  const last = bare(rest + decoder.end())
  if (last !== '') yield [last]
}

const bare = (line: string): string => (line.endsWith('\r') ? line.slice(0, -1) : line)

/** Counts a list, and keeps a copy of it where asked to: whole or not at all. Throws UserError `no-file`. */
export async function lookAtList(path: string, copy?: string): Promise<ListLook> {
  const draft = copy && `${copy}.${process.pid}-${randomBytes(3).toString('hex')}`
  await using file = draft === undefined ? undefined : await open(draft, 'wx', 0o600)
  const hash = createHash('sha256')
  let ids = 0
  try {
    for await (const some of idsOf(path)) {
      const lines = `${some.join('\n')}\n`
      ids += some.length
      hash.update(lines)
      await file?.write(lines)
    }
    await file?.sync()
    if (draft !== undefined && copy !== undefined) await rename(draft, copy)
  } catch (error) {
    if (draft !== undefined) await rm(draft, { force: true })
    throw error
  }
  return { ids, digest: hash.digest('hex') }
}

import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { foldRun, NOTHING_YET, type RunSoFar } from '../../core/fold.js'
import { reviveEvent } from '../../core/revive.js'
import { JOURNAL_FILE, type RunFolder } from '../../journal/run-folder.js'

/** How a run ended stands in its journal's last lines; reading all of every journal would make each command slow. Bytes. */
const TAIL = 64 << 10

/** The fold over the last lines of a journal: how the run ended and what was restored, not its counts. */
export async function lastOf(folder: RunFolder): Promise<RunSoFar> {
  await using file = await open(join(folder.path, JOURNAL_FILE))
  const { size } = await file.stat()
  const from = Math.max(0, size - TAIL)
  const { buffer, bytesRead } = await file.read(Buffer.alloc(size - from), 0, size - from, from)
  const text = buffer.toString('utf8', 0, bytesRead)
  // The first line may be cut off by the beginning of the tail, the last one by a crash.
  const lines = text.slice(from === 0 ? 0 : text.indexOf('\n') + 1, text.lastIndexOf('\n') + 1).split('\n')
  return lines
    .filter(line => line !== '')
    .map(line => reviveEvent(JSON.parse(line)))
    .reduce(foldRun, NOTHING_YET)
}

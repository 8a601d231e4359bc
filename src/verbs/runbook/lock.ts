import { Refusal } from '../../errors.js'
import type { Io } from '../../io.js'
import { makeFolders } from '../../journal/durable.js'
import { releaseLock, takeLock } from '../../journal/lock.js'
import { recordPath } from './record.js'

/** Keeps everybody else from carrying the same record on; gone with the process at the latest. Throws Refusal `taken`. */
export async function lockRecord(id: string, env: Io['env']): Promise<AsyncDisposable> {
  const folder = recordPath(env, id).replace(/\.json$/, '.lock')
  await makeFolders(folder)
  try {
    const lock = await takeLock(folder, { run: id })
    return { [Symbol.asyncDispose]: () => releaseLock(folder, lock) }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    throw new Refusal(`Somebody is at work on record ${id} already`, {
      code: 'taken',
      hint: 'Look at that terminal; `spillway runbook list` shows how far it is.',
      details: [{ message: error.message }],
      cause: error,
    })
  }
}

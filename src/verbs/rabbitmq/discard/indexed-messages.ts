import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { indexParts } from '../../../archive/index-walk.js'
import { INDEX_FILE } from '../../../archive/names.js'
import type { Mark } from '../../../core/event.js'

/**
 * How many messages of a queue an open archive has with their rows, which are on disk when it resolves. Rows follow their messages and acks follow the
 * rows, so what lies behind them was never acked. Throws RunError `archive-damaged`.
 */
export async function indexedMessages(folder: string, queue: string): Promise<Mark> {
  const handle = await open(join(folder, INDEX_FILE), 'r')
  try {
    let next = 0n
    for await (const part of indexParts(handle))
      for (const { lane, last } of 'torn' in part ? [] : part.lanes)
        if (lane === queue && last >= next) next = last + 1n
    await handle.datasync()
    return String(next)
  } finally {
    await handle.close()
  }
}

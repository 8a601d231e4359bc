import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fraction, type Random } from '../../src/lab/fill/random.js'
import { newestRun } from './homes.js'

const LOOK_EVERY_MS = 20
const MOST_AFTER_MS = 1200

/** When a kill falls: resolves then, or once `over` aborts. */
export type Moment = (over: AbortSignal) => Promise<void>

/** Up to so many milliseconds after the run in a home has settled something more: at work, however slow the machine. Drawn at once. */
export function atWork(home: string, random: Random): Moment {
  const after = MOST_AFTER_MS * fraction(random())
  const before = settled(home)
  return async over => {
    while (!over.aborted && (await settled(home)) <= (await before)) await pause(LOOK_EVERY_MS, over)
    await pause(after, over)
  }
}

/** How many settled batches the newest run of a home has journalled. */
async function settled(home: string): Promise<number> {
  const run = await newestRun(home)
  if (run === undefined) return 0
  // Its folder comes before its journal.
  const text = await readFile(join(home, 'runs', run, 'journal.ndjson'), 'utf8').catch(() => '')
  return text.split('"type":"settled"').length - 1
}

/** Ends early when it is over. */
const pause = (ms: number, over: AbortSignal): Promise<void> =>
  sleep(ms, undefined, { signal: over }).catch(() => undefined)

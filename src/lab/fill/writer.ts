import type { Batches, Put } from './batches.js'
import type { BodyMaker } from './body.js'
import { randomFrom } from './random.js'
import type { Recipe } from './request.js'
import type { Sender } from './sender.js'
import type { Transaction } from './transaction.js'

/** Numbers of aborted records begin here, so that those of committed ones run from 0 without a gap. */
export const FIRST_ABORTED = 900_000_000_000
/** One record in so many of an aborted transaction has the key of four zero bytes. */
const TRAP_EVERY = 50
const SHOW_EVERY = 4096

/** How far a fill is, in records that committed readers will see. */
export type Progress = { readonly records: number; readonly of: number; readonly bytes: number }

export type Writing = {
  readonly recipe: Recipe
  readonly maker: BodyMaker
  readonly batches: Batches
  readonly sender: Sender
  /** Milliseconds since 1970 of the last record. */
  readonly now: number
  readonly signal: AbortSignal
  readonly show: (progress: Progress) => void
}

/** Writes all records without transactions. Returns how many were aborted: none. */
export async function writePlain(writing: Writing): Promise<number> {
  await writeRun(writing, { from: 0, to: writing.recipe.records, aborted: false })
  return 0
}

/** Writes all records in transactions, some of them aborted, which come on top. Returns how many records those hold. */
export async function writeInTransactions(writing: Writing, transaction: Transaction): Promise<number> {
  const { records, transactions, aborts, seed } = writing.recipe
  const draw = randomFrom(seed ^ 0x7a6f1e)
  let aborted = 0
  for (let done = 0; done < records; ) {
    const abort = draw() < aborts * 4294967296
    const count = abort ? transactions : Math.min(transactions, records - done)
    const from = abort ? FIRST_ABORTED + aborted : done
    await transaction.begin()
    await writeRun(writing, { from, to: from + count, aborted: abort, at: done })
    await transaction.end(!abort)
    if (abort) aborted += count
    else done += count
  }
  return aborted
}

/** Records of one run, numbered from `from` up to but not `to`; aborted ones all have the timestamp of record `at`. */
type Run = { readonly from: number; readonly to: number; readonly aborted: boolean; readonly at?: number }

async function writeRun(writing: Writing, run: Run): Promise<void> {
  const { maker, batches, sender, signal, recipe } = writing
  const put: Put = (partition, built) => sender.put(partition, built)
  for (let number = run.from; number < run.to; number++) {
    const trap = run.aborted && (number - run.from) % TRAP_EVERY === 0
    const timestamp = timestampOf(writing, run.aborted ? (run.at ?? 0) : number)
    const crowded = batches.add(maker, { end: maker.next(number, trap), timestamp }, put)
    if (crowded) await sender.room(signal)
    if (number % SHOW_EVERY === 0 && !run.aborted)
      writing.show({ records: number, of: recipe.records, bytes: sender.bytes })
  }
  batches.end(put)
  await sender.room(signal, 0)
}

/** Oldest first, the last one now. */
function timestampOf({ recipe, now }: Writing, number: number): number {
  return now - Math.floor((recipe.spreadMs * (recipe.records - 1 - number)) / recipe.records)
}

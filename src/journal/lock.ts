import { link, readdir, readFile, rm, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { Refusal } from '../errors.js'
import { writeDurably } from './durable.js'
import { type Holder, holderOf, reviveHolder, type Standing, standingOf } from './holder.js'
import { unless } from './system-error.js'

const NAME = /^lock\.(\d+)$/

export type LockOptions = {
  readonly run: string
  /** Take a lock that a process of another host holds; the operator says that it is dead. */
  readonly takeOver?: boolean
  readonly now?: Date
}

/** A run's lock, held by this process until `releaseLock`, or until the process is gone. `file` is its name in the folder. */
export type Lock = { readonly holder: Holder; readonly file: string }

type Found = { readonly generation: number; readonly holder?: Holder; readonly standing?: Standing }

/**
 * Takes the lock of a run folder. Throws Refusal `taken`, naming pid and host.
 *
 * The lock is a file `lock.N`; the highest N counts. Taking over means to link N+1, which only one process can do, never to remove
 * the old file first, which two could. Who linked looks again: a slow taker may have linked below a newer holder, and gives way.
 * A released lock stays as an empty file, so that no N is ever used twice.
 */
export async function takeLock(folder: string, options: LockOptions): Promise<Lock> {
  const holder = await holderOf(process.pid, options.now ?? new Date())
  const draft = join(
    folder,
    `.lock-${process.pid}-${holder.at.replace(/\D/g, '')}-${Math.random().toString(36).slice(2)}`,
  )
  await writeDurably(draft, `${JSON.stringify(holder)}\n`)
  try {
    for (;;) {
      const found = await findLock(folder)
      refuseIfHeld(found, options)
      const mine = found.generation + 1
      const file = `lock.${mine}`
      if (!(await linked(draft, join(folder, file)))) continue
      if ((await findLock(folder)).generation > mine) {
        await rm(join(folder, file))
        continue
      }
      await removeBelow(folder, mine)
      return { holder, file }
    }
  } finally {
    await rm(draft, { force: true })
  }
}

/** Gives the lock back. */
export const releaseLock = (folder: string, lock: Lock): Promise<void> => truncate(join(folder, lock.file))

/** Who holds the run, and whether that process still runs; undefined where nobody does. */
export async function lockHolder(folder: string): Promise<{ holder: Holder; standing: Standing } | undefined> {
  const { holder, standing } = await findLock(folder)
  return holder === undefined || standing === undefined ? undefined : { holder, standing }
}

async function findLock(folder: string): Promise<Found> {
  const generation = Math.max(0, ...(await generations(folder)))
  if (generation === 0) return { generation }
  const text = await unless(['ENOENT'], readFile(join(folder, `lock.${generation}`), 'utf8'))
  const holder = text === undefined ? undefined : reviveHolder(text)
  return holder === undefined ? { generation } : { generation, holder, standing: await standingOf(holder) }
}

async function generations(folder: string): Promise<readonly number[]> {
  const names = (await unless(['ENOENT'], readdir(folder))) ?? []
  return names.flatMap(name => NAME.exec(name)?.[1] ?? []).map(Number)
}

function refuseIfHeld({ holder, standing }: Found, { run, takeOver }: LockOptions): void {
  if (holder === undefined || standing === 'dead') return
  if (standing === 'elsewhere' && takeOver === true) return
  const who = `process ${holder.pid} on ${holder.host}`
  throw new Refusal(`Run ${run} is taken by ${who}, since ${holder.at}`, {
    code: 'taken',
    hint:
      standing === 'alive'
        ? `\`spillway status ${run}\` shows it; \`spillway pause ${run}\` and \`abort\` steer it.`
        : `From here nobody can tell whether it still runs. Make sure that it does not, then add --take-over.`,
  })
}

async function linked(draft: string, path: string): Promise<boolean> {
  const done = await unless(
    ['EEXIST'],
    link(draft, path).then(() => true),
  )
  return done === true
}

async function removeBelow(folder: string, generation: number): Promise<void> {
  for (const old of await generations(folder)) {
    if (old < generation) await rm(join(folder, `lock.${old}`), { force: true })
  }
}

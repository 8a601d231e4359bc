import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { RunError } from '../errors.js'
import { writeDurably } from './durable.js'
import { unless } from './system-error.js'

const RESERVE_FILE = 'reserve'
/** Room for the line that says how a run ended, a block of any usual file system. Bytes. */
const ROOM = 4096

/** Sets room aside, so that a run that dies of a full disk can still say so; without room to set aside there is none. */
export async function setAside(folder: string): Promise<void> {
  await unless(['EEXIST', 'ENOSPC', 'EDQUOT'], writeDurably(join(folder, RESERVE_FILE), ' '.repeat(ROOM)))
}

/** Does the work; on a full disk gives up the room set aside and does it once more. */
export async function withReserve(folder: string, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof RunError) || error.code !== 'journal-full') throw error
    await rm(join(folder, RESERVE_FILE), { force: true })
    await work()
  }
}

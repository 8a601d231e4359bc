import { statfs } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ArchivePlan } from '../../core/discard-plan.js'
import { CLEARED, type HoldGate } from '../../core/gate.js'

/** What the reason of a hold for want of room begins with. */
const REASON = 'archive disk:'
const EVERY_MS = 1000
/** So much room above the floor is worth going on. Bytes. */
const WORTH = 8n << 20n

export type WatchingRoom = {
  readonly archive: Pick<ArchivePlan, 'folder' | 'floorBytes'>
  readonly gate: Pick<HoldGate, 'holds' | 'release'>
  /** Milliseconds; 1,000 unless told. */
  readonly everyMs?: number
}

/** Lifts the holds for want of room on the archive's disk once there is some again, until `signal` aborts. */
export async function watchRoom(
  { archive, gate, everyMs = EVERY_MS }: WatchingRoom,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await sleep(everyMs, undefined, { signal }).catch(() => undefined)
    const held = gate.holds().filter(({ reason }) => reason.startsWith(REASON))
    if (held.length === 0 || !(await hasRoom(archive))) continue
    for (const { reason } of held) gate.release(reason, CLEARED)
  }
}

/** A folder that cannot be looked at any more is for the next write to tell of. */
async function hasRoom({ folder, floorBytes }: WatchingRoom['archive']): Promise<boolean> {
  const found = await statfs(folder, { bigint: true }).catch(() => undefined)
  return found === undefined || found.bavail * found.bsize >= floorBytes + WORTH
}

import type { Alarm } from './alarm.js'
import type { Crew } from './crew.js'
import type { Chunk, WorkGate } from './ports.js'
import type { Room } from './room.js'
import type { LaneWindow } from './window.js'

/** A look at whether there is room again, where nobody rings. Milliseconds. */
const LOOK_MS = 250

export type Feeding = {
  readonly window: LaneWindow
  readonly crew: Crew
  readonly gate: WorkGate
  readonly room: Room
  /** Rings when the window has given something away, or the gate has changed. */
  readonly roomier: Alarm
  /** Called while there is no room, and once when there is again. */
  readonly waiting: (isWaiting: boolean) => void
  readonly seen: (chunk: Chunk) => void
  readonly soft: AbortSignal
}

/** Reads a lane into its window, as fast as there is room and the gate is open. Throws what the lane throws. */
export async function feed(feeding: Feeding): Promise<void> {
  const { window, soft, seen } = feeding
  for await (const chunk of window.lane.chunks(soft)) {
    seen(chunk)
    if (!(await admit(feeding, chunk))) return
  }
}

/** False where it was stopped before the whole chunk was taken in. */
async function admit(feeding: Feeding, chunk: Chunk): Promise<boolean> {
  const { window, crew } = feeding
  const { messages } = chunk
  if (messages.length === 0) crew.offer(window.admit(chunk, 0, 0))
  for (let at = 0; at < messages.length; ) {
    const room = await untilRoom(feeding)
    if (room === 0) return false
    const to = Math.min(at + room, messages.length)
    crew.offer(window.admit(chunk, at, to))
    at = to
  }
  return true
}

/** How many messages may be taken in now, at least one; 0 where `soft` aborted. */
async function untilRoom({ window, gate, room, roomier, waiting, soft }: Feeding): Promise<number> {
  let waited = false
  for (;;) {
    if (soft.aborted) return 0
    const free = gate.closed ? 0 : room.of(window)
    if (free > 0) {
      if (waited) waiting(false)
      return free
    }
    waited = true
    waiting(true)
    await roomier.wait(LOOK_MS)
  }
}

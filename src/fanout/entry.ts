import type { Mark, NotData } from '../core/event.js'
import type { Message } from '../core/message.js'
import type { LaneWindow } from './window.js'

/** Where a message stands between being read and being settled. */
export type State = 'waiting' | 'begun' | 'done' | 'parked' | 'dropped'

/** Set at the last entry of a chunk: what settling it settles as well. */
export type ChunkEnd = { readonly next: Mark; readonly notData: NotData; readonly bytes: number }

/** Entries so far. */
let admitted = 0

/** One message in a lane's window; without a message it stands for a chunk that held none. */
export class Entry {
  readonly window: LaneWindow
  readonly message: Message | undefined
  readonly end: ChunkEnd | undefined
  /** Its place in the order of admission, over all lanes. */
  readonly age = admitted++
  state: State
  /** Tries that counted. */
  tries = 0
  /** Tries that did not. */
  waits = 0
  deaths = 0
  /** The next message that may not be worked before this one is over. */
  follower: Entry | undefined
  timer: NodeJS.Timeout | undefined
  startedAt = 0
  /** Of its key; negative where it has no place in a chain. */
  hash = -1

  constructor(window: LaneWindow, message: Message | undefined, end: ChunkEnd | undefined) {
    this.window = window
    this.message = message
    this.end = end
    this.state = message === undefined ? 'done' : 'waiting'
  }

  /** Nothing will happen to it any more. */
  get over(): boolean {
    return this.state === 'done' || this.state === 'parked'
  }
}

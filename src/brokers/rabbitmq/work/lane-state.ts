import type { Depth } from './depth.js'
import type { QueueLane } from './queue-lane.js'

/** What this process knows of one lane. */
export type LaneState = {
  readonly number: number
  readonly queue: string
  readonly lane: string
  /** What the names of all lanes begin with. */
  readonly target: string
  /** It is being worked here. */
  life?: QueueLane | undefined
  /** What was learnt of its messages. */
  depth?: Depth | undefined
  finished: boolean
  /** Not to be looked at before. Milliseconds since the epoch. */
  again: number
  /** Looks in a row that found it empty and left by others. */
  left: number
  /** Since when somebody consumes it who does not hold its name, and whether that was told. */
  strange?: { readonly since: number; told: boolean } | undefined
}

/** The lane of a queue, named by what stands behind the last dot. */
export function stateOf(queue: string, number: number): LaneState {
  const dot = queue.lastIndexOf('.')
  const [target, lane] = dot < 0 ? [queue, queue] : [queue.slice(0, dot), queue.slice(dot + 1)]
  return { number, queue, lane, target, finished: false, again: 0, left: 0 }
}

/** Processes without an order that can be told apart. */
const MOST = 32

/** Names of the queues by which the processes of one run agree who works what. None of them ever holds a message. */
export type WorkNames = {
  /** One a process, exclusive: `spillway.fanout.RUN.0` and on. */
  slot(number: number): string
  /** One a lane at work, exclusive: `spillway.fanout.RUN.lane.00`. */
  lane(lane: string): string
  /** What the processes agree on that take the same number of messages at a time: `spillway.fanout.RUN.depth`. */
  readonly depth: string
  /** The mark of a lane that is worked by one process at a time: `spillway.fanout.RUN.lane.00.open`. */
  laneOpen(lane: string): string
  /** Marks of processes that compete: `spillway.fanout.RUN.open.0` and on. */
  readonly open: readonly string[]
}

/** The names of a run: of the drain whose lanes are worked. Pure. */
export function workNames(run: string): WorkNames {
  const base = `spillway.fanout.${run}.`
  return {
    slot: number => `${base}${number}`,
    lane: lane => `${base}lane.${lane}`,
    depth: `${base}depth`,
    laneOpen: lane => `${base}lane.${lane}.open`,
    open: Array.from({ length: MOST }, (_, number) => `${base}open.${number}`),
  }
}

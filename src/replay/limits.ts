/** Messages of a page where the journal keeps the position: a kill can repeat so many of each lane that is open. */
export const PAGE_MESSAGES = 500

const OPEN_MOST = 4

/** Lanes that are read and sent side by side; more only cost memory. */
export const lanesAtOnce = (lanes: number): number => Math.max(1, Math.min(lanes, OPEN_MOST))

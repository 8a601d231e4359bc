import type { Counts } from '../core/event.js'

export const NO_COUNTS: Counts = {
  read: 0n,
  written: 0n,
  parked: 0n,
  dropped: 0n,
  holes: 0n,
  markers: 0n,
  aborted: 0n,
  bytes: 0n,
}

/** Adds two counts, field by field. */
export const addCounts = (a: Counts, b: Counts): Counts => ({
  read: a.read + b.read,
  written: a.written + b.written,
  parked: a.parked + b.parked,
  dropped: a.dropped + b.dropped,
  holes: a.holes + b.holes,
  markers: a.markers + b.markers,
  aborted: a.aborted + b.aborted,
  bytes: a.bytes + b.bytes,
})

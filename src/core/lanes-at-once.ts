/** Memory for the batches that are being built, of all open lanes together, and the least that one of them needs. Bytes. */
export const BUILDERS_TOTAL = 16 << 20
/** Below this the broker pays more for batches than for bytes. */
export const BUILDER_SMALLEST = 16 << 10

const MOST = 16

/** How many of `lanes` partitions are copied at once, each into `factor` temporary ones, within the promise on memory (P9). Pure. */
export const lanesAtOnce = (lanes: number, factor: number): number =>
  Math.max(1, Math.min(MOST, lanes, Math.floor(BUILDERS_TOTAL / (factor * BUILDER_SMALLEST))))

const LARGEST = 1 << 20
const SMALLEST = 64 << 10

/** Bytes of one fetch of each of `lanes` lanes, each of which has a response in hand and one on its way, out of `bytes` for all. */
export const fetchShare = (bytes: number, lanes: number): number =>
  Math.min(LARGEST, Math.max(SMALLEST, Math.floor(bytes / 2 / Math.max(1, lanes))))

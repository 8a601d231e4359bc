/** Middle value; the mean of the two middle ones for an even count; undefined for none. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  if (sorted.length === 0) return undefined
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** Seconds that a copy took beyond its mover's start-up; never below a hundredth, so that rates stay finite. */
export const netSeconds = (wall, startup) => Math.max(0.01, wall - (startup ?? 0))

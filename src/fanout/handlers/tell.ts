/** How often one kind of trouble is told before it is left at that. */
const TOLD = 5

/** Tells a person, at most five times of each kind, so that a broken handler cannot flood the screen. */
export function boundedTell(stderr: ((line: string) => void) | undefined): (kind: string, line: string) => void {
  const times = new Map<string, number>()
  return (kind, line) => {
    const time = (times.get(kind) ?? 0) + 1
    times.set(kind, time)
    if (time < TOLD) stderr?.(line)
    if (time === TOLD) stderr?.(`${line} (more of this kind is not told)`)
  }
}

/** A line that does not end within this many bytes is cut there. */
const LONGEST_LINE = 1_048_576

/**
 * Splits bytes into lines of text, in bounded memory. The returned function takes chunks. A line of more than 1 MiB goes to `tooLong` by its first
 * part, where that is given, and comes in pieces where it is not.
 */
export function lineSplitter(
  onLine: (line: string) => void,
  tooLong: (start: string) => void = onLine,
): (chunk: Buffer) => void {
  let open: Buffer[] = []
  let size = 0
  const take = (): string => {
    const line = open.length === 1 ? open[0] : Buffer.concat(open)
    open = []
    size = 0
    return line?.toString('utf8') ?? ''
  }
  const add = (part: Buffer): void => {
    open.push(part)
    size += part.length
  }
  return chunk => {
    let from = 0
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, from)) {
      add(chunk.subarray(from, at))
      from = at + 1
      onLine(take())
    }
    if (from < chunk.length) add(chunk.subarray(from))
    if (size > LONGEST_LINE) tooLong(take())
  }
}

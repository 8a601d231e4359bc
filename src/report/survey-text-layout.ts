const WIDTH = 80
const LABEL = 11

/** Puts text beside a head, wrapped to 80 columns under itself; a word that is too long stays whole. */
export const beside = (head: string, text: string): string => {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && head.length + last.length + 1 + word.length <= WIDTH)
      lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return head + lines.join(`\n${' '.repeat(head.length)}`)
}

/** `label     text`, the text wrapped beside its label. */
export const labelled = (label: string, text: string): string => beside(`${label.padEnd(LABEL - 1)} `, text)

/** A point in time in UTC to the second: `2026-03-01 02:00:10 UTC`. */
export const formatTime = (iso: string): string => `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`

/** Rows as columns, numbers to the right; the first row is the heading. */
export const table = (rows: readonly (readonly string[])[]): string[] => {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0)))
  return rows.map(row => row.map((cell, column) => cell.padStart(widths[column] ?? 0)).join('  '))
}

/** Columns of a report. */
export const WIDTH = 80

/** An ISO time as 2026-11-21 01:52:03 UTC; a dash where there is none. */
export const time = (iso: string | null | undefined): string =>
  iso ? `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC` : '-'

/** Shortens to so many columns, with … at the end. */
export const clip = (text: string, columns: number): string =>
  text.length <= columns ? text : `${text.slice(0, Math.max(0, columns - 1))}…`

/** What stays together: a command in backticks, blanks and all, with what stands against it; else a word. */
const WORD = /(?:`[^`]*`|\S)+/g

/** Breaks at blanks into lines of at most `columns`; a longer word keeps a line of its own, as does a command in backticks, to be copied. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = []
  for (const word of text.match(WORD) ?? ['']) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= columns) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}

/** A list entry: the first line after `mark`, the others under its text. */
export const item = (mark: string, text: string): string[] =>
  wrap(text, WIDTH - mark.length).map((line, at) => `${at === 0 ? mark : ' '.repeat(mark.length)}${line}`)

/** `label` padded, then the value: the lines of a fact sheet. */
export const facts = (pairs: readonly (readonly [label: string, value: string])[]): string[] => {
  const width = Math.max(...pairs.map(([label]) => label.length))
  return pairs.flatMap(([label, value]) => item(`${label.padEnd(width)}  `, value))
}

/** A table: the first row is the head; columns named in `left` (by number) are flush left, all others right. */
export function table(rows: readonly (readonly string[])[], left: readonly number[] = [0]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map(row => (row[column] ?? '').length)))
  const pad = (cell: string, column: number) =>
    left.includes(column) ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)
  return rows.map(row => row.map(pad).join('  ').trimEnd())
}

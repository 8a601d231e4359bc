/** Rows of cells as a Markdown table, padded so that it reads in a terminal too. */
export function table(head, rows) {
  const all = [head, ...rows].map(row => row.map(String))
  const widths = head.map((_, column) => Math.max(...all.map(row => row[column].length), 3))
  const line = row =>
    `| ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]))).join(' | ')} |`
  const rule = `|${widths.map((width, column) => (column === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`
  return [line(all[0]), rule, ...all.slice(1).map(line)].join('\n')
}

/** A figure with so many digits; a dash where there is none. */
export const fixed = (value, digits) => (value === undefined || !Number.isFinite(value) ? '-' : value.toFixed(digits))

/** A share as whole percent. */
export const percent = value => (value === undefined ? '-' : `${Math.round(value * 100)}`)

/** One line a judged goal, with what explains it where one is not met. */
export const goalLines = goals =>
  goals.map(
    ({ text, value, verdict, why }) =>
      `${verdict.padEnd(12)} ${value === undefined ? '      ' : value.toFixed(2).padStart(6)}  ${text}${why ? ` (${why})` : ''}`,
  )

/** A ratio with its lowest and highest; a dash where there is none. */
export const spread = found =>
  found ? `${fixed(found.median, 2)} (${fixed(Math.min(...found.all), 2)}–${fixed(Math.max(...found.all), 2)})` : '-'

/** What a row says of memory and of the machine, under these heads. */
export const SHARE_HEADS = ['RSS MB', 'busy %', 'mover thread %', 'broker thread %', 'other %', 'iowait %', 'steal %']
export const shareCells = row => [
  fixed(row.peak === undefined ? undefined : row.peak / 1e6, 0),
  ...[row.busy, row.moverThread, row.brokerThread, row.other, row.iowait, row.steal].map(percent),
]

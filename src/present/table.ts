/** A column: its title, and `right` for numbers. */
export type Column = { readonly title: string; readonly align?: 'left' | 'right' }

const GAP = '  '

/** Plain ASCII table with two spaces between columns, at most `width` wide: the widest text column is cut with `...`. */
export const table = (columns: readonly Column[], rows: readonly (readonly string[])[], width = 80): string => {
  const widths = shrink(columns, rows, width)
  const line = (cells: readonly string[]): string =>
    columns
      .map((column, i) => pad(cut(cells[i] ?? '', widths[i] ?? 0), widths[i] ?? 0, column.align))
      .join(GAP)
      .trimEnd()
  return `${[columns.map(column => column.title), ...rows].map(line).join('\n')}\n`
}

/** Pairs as two columns, the names in line: `topic    orders (30 partitions)`. */
export const pairs = (rows: readonly (readonly [name: string, value: string])[], indent = ''): string => {
  const width = Math.max(0, ...rows.map(([name]) => name.length))
  return rows
    .map(([name, value]) => `${indent}${name.padEnd(width)}${GAP}${value}`.trimEnd())
    .join('\n')
    .concat('\n')
}

const shrink = (columns: readonly Column[], rows: readonly (readonly string[])[], width: number): number[] => {
  const widths = columns.map((column, i) => Math.max(column.title.length, ...rows.map(row => (row[i] ?? '').length)))
  const over = (): number => widths.reduce((sum, one) => sum + one, 0) + GAP.length * (columns.length - 1) - width
  const texts = columns.flatMap((column, i) => (column.align === 'right' ? [] : [i]))
  while (over() > 0) {
    const widest = texts.reduce((a, b) => ((widths[b] ?? 0) > (widths[a] ?? 0) ? b : a), texts[0] ?? -1)
    const now = widths[widest] ?? 0
    if (now <= 8) break
    widths[widest] = Math.max(8, now - over())
  }
  return widths
}

const cut = (text: string, width: number): string => (text.length <= width ? text : `${text.slice(0, width - 3)}...`)

const pad = (text: string, width: number, align: Column['align']): string =>
  align === 'right' ? text.padStart(width) : text.padEnd(width)

/** One record of CSV: its text with the newline, and its fields without their quotes. */
export type CsvRecord = { readonly text: string; readonly fields: readonly string[] }

/** Cuts CSV as `csvRow` writes it (RFC 4180, newline `\n`) into records; a field may hold commas and newlines. Pure. */
export function* csvRecords(csv: string): Generator<CsvRecord> {
  let from = 0
  let fields: string[] = []
  for (let at = 0; at < csv.length; ) {
    const end = fieldEnd(csv, at)
    const field = csv.slice(at, end)
    fields.push(field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field)
    at = end + 1
    if (csv[end] === ',') continue
    yield { text: csv.slice(from, at), fields }
    fields = []
    from = at
  }
}

/** Index of the comma or newline behind the field that begins at `at`. */
function fieldEnd(csv: string, at: number): number {
  if (csv[at] !== '"') {
    const comma = csv.indexOf(',', at)
    const line = csv.indexOf('\n', at)
    return comma === -1 || (line !== -1 && line < comma) ? line : comma
  }
  let quote = csv.indexOf('"', at + 1)
  while (csv[quote + 1] === '"') quote = csv.indexOf('"', quote + 2)
  return quote + 1
}

/** What a file of rows is by its ending, `.gz` and `.zst` passed over; undefined for any other. */
export function fileKind(path: string): 'csv' | 'ndjson' | 'parquet' | undefined {
  const ending = /\.([a-z]+)(?:\.(?:gz|zst))?$/i.exec(path)?.[1]?.toLowerCase()
  if (ending === 'csv' || ending === 'parquet') return ending
  return ending === 'ndjson' || ending === 'jsonl' ? 'ndjson' : undefined
}

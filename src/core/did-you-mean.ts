/** Edits (insert, delete, change, swap of neighbours) that turn one word into the other. */
const distance = (a: string, b: string): number => {
  const rows = [Array.from({ length: b.length + 1 }, (_, i) => i)]
  for (let i = 1; i <= a.length; i++) rows.push(nextRow(rows, { a, b, i }))
  return rows[a.length]?.[b.length] ?? 0
}

const nextRow = (rows: readonly number[][], at: { a: string; b: string; i: number }): number[] => {
  const { a, b, i } = at
  const above = rows[i - 1] ?? []
  const row = [i]
  for (let j = 1; j <= b.length; j++) {
    const change = (above[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
    let best = Math.min((above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, change)
    if (a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, (rows[i - 2]?.[j - 2] ?? 0) + 1)
    row.push(best)
  }
  return row
}

/** The candidates, those that are most like the word first. */
export const byNearness = (word: string, candidates: readonly string[]): readonly string[] =>
  candidates
    .map(name => ({ name, edits: distance(word.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.edits - b.edits)
    .map(({ name }) => name)

/** The candidate that was probably meant, or undefined where none is near (a third of the letters, at least one). */
export const nearest = (word: string, candidates: readonly string[]): string | undefined => {
  const [best] = byNearness(word, candidates)
  const most = Math.max(1, Math.floor(word.length / 3))
  if (best !== undefined && distance(word.toLowerCase(), best.toLowerCase()) <= most) return best
  return candidates.find(name => word.length > 2 && name.startsWith(word))
}

/** `Did you mean X? `, or nothing where no candidate is near: what to say before another hint. */
export const meaning = (word: string, candidates: readonly string[]): string => {
  const meant = nearest(word, candidates)
  return meant === undefined ? '' : `Did you mean ${meant}? `
}

/** `Did you mean X?`, or the whole list where nothing is near. `noun` is the plural: `commands`. */
export const suggestion = (word: string, candidates: readonly string[], noun: string): string => {
  const meant = nearest(word, candidates)
  if (meant) return `Did you mean ${meant}?`
  return candidates.length === 0
    ? `There are no ${noun}.`
    : `Did you mean one of these ${noun}: ${candidates.join(', ')}?`
}

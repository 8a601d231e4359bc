/** The first three of a list, and how many more there are. */
export const some = (items: readonly string[]): string => {
  const more = items.length - 3
  return more > 0 ? `${items.slice(0, 3).join(', ')} and ${more} more` : items.join(', ')
}

/** `1 partition`, `30 partitions`. */
export const counted = (count: number | bigint, what: string): string =>
  `${count} ${what}${BigInt(count) === 1n ? '' : 's'}`

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** JSON.stringify replacer: a bigint becomes its decimal digits as a string. */
export const bigintAsText = (_key: string, value: unknown): unknown =>
  typeof value === 'bigint' ? value.toString() : value

/** One line of JSON with every bigint as a decimal string. */
export const toJson = (value: unknown): string => JSON.stringify(value, bigintAsText)

/** JSON for people, two spaces deep, ending in a newline; every bigint as a decimal string. */
export const toPrettyJson = (value: unknown): string => `${JSON.stringify(value, bigintAsText, 2)}\n`

/**
 * The one text of a value: keys sorted by code unit, no blanks, bigint as a string, undefined members left out. A value and what JSON
 * makes of it have the same text, so that a digest holds before and after saving.
 */
export const canonicalJson = (value: unknown): string => write(JSON.parse(toJson(value ?? null)) as Json)

function write(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(write).join(',')}]`
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  const members = value as { readonly [key: string]: Json }
  const parts = Object.keys(members)
    .sort()
    .map(key => `${JSON.stringify(key)}:${write(members[key] ?? null)}`)
  return `{${parts.join(',')}}`
}

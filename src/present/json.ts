/** JSON as the contract has it: a bigint is a decimal string, a Map an object, undefined left out. One line and a newline. */
export const toJson = (value: unknown): string => `${JSON.stringify(value, plain)}\n`

/** The same with indentation, for files that people read. */
export const toPrettyJson = (value: unknown): string => `${JSON.stringify(value, plain, 2)}\n`

const plain = (_key: string, value: unknown): unknown => {
  if (typeof value === 'bigint') return value.toString()
  if (value instanceof Map) return Object.fromEntries(value)
  return value
}

import type { Delivery } from '../wire/delivery.js'
import { type Entry, entries } from '../wire/field-table.js'
import { has, locate, type Property, rewriteHeader } from '../wire/header-frame.js'
import { COUNTS, type Edited, EXPIRATION_HEADER, USER_ID_HEADER } from './edits.js'

/** What an undo puts back where it was. */
export type PutBack = {
  /** False: the broker would refuse the user-id of another, so it stays in its header. */
  readonly userId: boolean
  /** The lanes are quorum queues, which add counts to what they deliver again. */
  readonly counts: boolean
}

// Short strings have at most 255 bytes; a longer value was never an expiration or a user-id.
const LONGEST = 255

/** Turns the headers that a drain has set aside into properties again, and leaves out what a quorum queue has added. */
export function putBack(delivery: Delivery, { userId, counts }: PutBack): Edited {
  const { bytes, header } = delivery
  const span = has(bytes, header, 'headers') ? locate(bytes, header).headers : undefined
  if (span === undefined) return {}
  const set: Partial<Record<Property, Buffer>> = {}
  const withoutEntries: Entry[] = []
  for (const entry of entries(bytes, span.from + 4, span.to)) {
    const property = propertyOf(entry, userId)
    const value = bytes.subarray(entry.value, entry.to)
    const isOurs = property !== undefined && value.length <= LONGEST && !has(bytes, header, property)
    if (isOurs) set[property] = Buffer.concat([Buffer.of(value.length), value])
    if (isOurs || (counts && delivery.redelivered && COUNTS.includes(entry.name))) withoutEntries.push(entry)
  }
  if (withoutEntries.length === 0) return {}
  return { header: rewriteHeader(bytes, header, { without: [], withoutEntries, append: [], set }) }
}

function propertyOf({ name, type }: Entry, userId: boolean): Property | undefined {
  if (type !== 'S'.charCodeAt(0)) return undefined
  if (name === EXPIRATION_HEADER) return 'expiration'
  return name === USER_ID_HEADER && userId ? 'user-id' : undefined
}

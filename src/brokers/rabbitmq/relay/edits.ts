import { type Delivery, routingKey } from '../wire/delivery.js'
import { entries, findEntry, integerOf, longString } from '../wire/field-table.js'
import { has, locate, type Property, rewriteHeader, type Span, shortString } from '../wire/header-frame.js'

export const EXPIRATION_HEADER = 'x-spillway-expiration'
export const USER_ID_HEADER = 'x-spillway-user-id'
/** What a quorum queue adds to a message that it delivers again; they are the broker's word, no part of the message. */
export const COUNTS: readonly string[] = ['x-delivery-count', 'x-acquired-count']

/** What is to be edited in the headers of one run. */
export type Edits = {
  /** `expiration` moves to a header: it would kill the copy. */
  readonly expiration: boolean
  /** A `user-id` other than the one that publishes moves to a header: the broker would refuse it. */
  readonly userId: boolean
  /** The source is a quorum queue: leave out the counts that it adds to what it delivers again. */
  readonly counts: boolean
}

/** A header frame to publish instead; undefined: the one that came. `unable`: why this message cannot be carried. */
export type Edited = { readonly header?: Buffer; readonly unable?: string }

const AS_IT_CAME: Edited = {}

/** Edits a header frame where it must be; most are not. `user` is who publishes. */
export function edit(delivery: Delivery, edits: Edits, user: string): Edited {
  const { bytes, header, redelivered } = delivery
  const expires = edits.expiration && has(bytes, header, 'expiration')
  const named = edits.userId && has(bytes, header, 'user-id')
  const counted = edits.counts && redelivered && has(bytes, header, 'headers')
  if (!expires && !named && !counted) return AS_IT_CAME
  const spans = locate(bytes, header)
  const moves: readonly Move[] = [
    ...(expires ? [{ property: 'expiration', to: EXPIRATION_HEADER } as const] : []),
    ...(named && isForeign(bytes, spans['user-id'], user)
      ? [{ property: 'user-id', to: USER_ID_HEADER } as const]
      : []),
  ]
  return rewritten(delivery, { spans, moves, withoutEntries: counted ? countsIn(bytes, spans.headers) : [] })
}

type Move = { readonly property: Property; readonly to: string }
type Spans = Partial<Record<Property, Span>>

const isForeign = (bytes: Buffer, span: Span | undefined, own: string): boolean =>
  span !== undefined && shortString(bytes, span).toString() !== own

const countsIn = (bytes: Buffer, headers: Span | undefined): Span[] =>
  headers === undefined
    ? []
    : [...entries(bytes, headers.from + 4, headers.to)].filter(({ name }) => COUNTS.includes(name))

function rewritten(
  { bytes, header }: Delivery,
  { spans, moves, withoutEntries }: { spans: Spans; moves: readonly Move[]; withoutEntries: readonly Span[] },
): Edited {
  if (moves.length === 0 && withoutEntries.length === 0) return AS_IT_CAME
  const { headers } = spans
  const taken = moves.find(({ to }) => headers && findEntry(bytes, { from: headers.from + 4, to: headers.to }, to))
  if (taken !== undefined) return { unable: `it carries both ${taken.property} and a header ${taken.to}` }
  const append = moves.flatMap(({ property, to }) => {
    const span = spans[property]
    return span === undefined ? [] : [longString(to, shortString(bytes, span))]
  })
  return { header: rewriteHeader(bytes, header, { without: moves.map(move => move.property), withoutEntries, append }) }
}

/** How often a quorum queue has delivered this message before; 0 where it says nothing. */
export function deliveryCount({ bytes, header, redelivered }: Delivery): number {
  if (!redelivered || !has(bytes, header, 'headers')) return 0
  const { headers } = locate(bytes, header)
  const entry = headers && findEntry(bytes, { from: headers.from + 4, to: headers.to }, 'x-delivery-count')
  return entry === undefined ? 0 : (integerOf(bytes, entry) ?? 0)
}

/** The `user-id` of a message; undefined where it has none. */
export function userIdOf({ bytes, header }: Delivery): string | undefined {
  const span = has(bytes, header, 'user-id') ? locate(bytes, header)['user-id'] : undefined
  return span === undefined ? undefined : shortString(bytes, span).toString()
}

/** The bytes that choose a lane; undefined where the message has none. Kept here because it reads the same frames. */
export function keyOf(delivery: Delivery, key: string): Buffer | undefined {
  if (key === 'routing-key') return routingKey(delivery)
  const { bytes, header } = delivery
  const colon = key.indexOf(':')
  const name = key.slice(colon + 1)
  const spans = locate(bytes, header)
  if (key.startsWith('header:')) return headerValue(bytes, spans.headers, name)
  const span = spans[name as Property]
  if (span === undefined) return undefined
  return FIXED.has(name) ? bytes.subarray(span.from, span.to) : shortString(bytes, span)
}

const FIXED = new Set(['delivery-mode', 'priority', 'timestamp'])

/** A string's own bytes; any other value's with its type, since 1 as a byte and 1 as a long are not the same key. */
function headerValue(bytes: Buffer, headers: Span | undefined, name: string): Buffer | undefined {
  const entry = headers && findEntry(bytes, { from: headers.from + 4, to: headers.to }, name)
  if (entry === undefined || entry.type === 'V'.charCodeAt(0)) return undefined
  const isText = entry.type === 'S'.charCodeAt(0) || entry.type === 'x'.charCodeAt(0)
  return isText
    ? bytes.subarray(entry.value, entry.to)
    : bytes.subarray(entry.from + 1 + (bytes[entry.from] ?? 0), entry.to)
}

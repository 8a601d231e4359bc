import { createHash } from 'node:crypto'
import { COUNTS } from '../relay/edits.js'
import { type Delivery, routingKey } from '../wire/delivery.js'
import { entries, rewritten } from '../wire/field-table.js'
import { locate, shortString, spanOf } from '../wire/header-frame.js'

const DIGITS = 32

/**
 * What stays the same at every delivery of a message: its message-id, or `sha256:` and 32 hex digits over routing key, properties, headers and
 * body. Headers are sorted first, written as the server writes them, and the counts left out, because a quorum queue does all that when it delivers again.
 */
export function idOf(delivery: Delivery, body: Buffer): string {
  const { bytes, header } = delivery
  const span = spanOf(bytes, header, 'message-id')
  const given = span === undefined ? '' : shortString(bytes, span).toString()
  return given === '' ? `sha256:${contentOf(delivery, body)}` : given
}

/** Tells a message by all that it is, its message-id too: the same at every delivery. 32 hex digits. */
export function contentOf(delivery: Delivery, body: Buffer): string {
  const hash = createHash('sha256')
  // Each part with its length before it, so that no two messages have the same bytes.
  const add = (part: Buffer) => hash.update(`${part.length}:`).update(part)
  add(routingKey(delivery))
  const { bytes, header } = delivery
  for (const [name, { from, to }] of Object.entries(locate(bytes, header))) {
    if (name === 'headers') continue
    hash.update(name)
    add(bytes.subarray(from, to))
  }
  for (const entry of sortedEntries(delivery)) add(entry)
  add(body)
  return hash.digest('hex').slice(0, DIGITS)
}

function sortedEntries({ bytes, header }: Delivery): readonly Buffer[] {
  const { headers } = locate(bytes, header)
  if (headers === undefined) return []
  return [...entries(bytes, headers.from + 4, headers.to)]
    .filter(({ name }) => !COUNTS.includes(name))
    .map(({ from, to }) => rewritten(bytes.subarray(from, to)))
    .sort(Buffer.compare)
}

import { isUtf8 } from 'node:buffer'
import type { Message } from './message.js'
import type { SeenId } from './seen-id.js'

/** The bytes in which a message keeps its id: all of its body where a JSON pointer leads into it. Null where it has none. */
export function bytesAt(
  { key, value, headers }: Pick<Message, 'key' | 'value' | 'headers'>,
  where: SeenId,
): Buffer | null {
  if (where.at === 'key') return key
  if (where.at === 'json') return value
  // As with consumers that look a header up, the last of several holds.
  return headers.filter(([name]) => name === where.name).at(-1)?.[1] ?? null
}

/** Bytes that are no UTF-8 are written as the archive's verbs take them. */
export const idText = (bytes: Buffer | null): string | null =>
  bytes === null ? null : isUtf8(bytes) ? bytes.toString() : `base64:${bytes.toString('base64')}`

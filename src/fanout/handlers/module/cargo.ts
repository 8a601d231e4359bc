import type { Message } from '../../../core/message.js'
import type { Attempt } from '../../ports.js'

/** What identifies a message between the threads; -1 as a length stands for null. Names that are bytes go as their length too. */
type Row = {
  readonly number: number
  readonly attempt: number
  readonly id: string
  readonly target: string
  readonly lane: string
  readonly mark: string
  readonly timestamp: number
  readonly key: number
  readonly value: number
  readonly headers: readonly (readonly [name: string | number, value: number])[]
}

/** Messages on their way into a thread: all their bytes in one block, which changes hands without another copy. */
export type Cargo = { readonly rows: readonly Row[]; readonly bytes: Uint8Array<ArrayBuffer> }

/** One try, with the number by which its answer is known. */
export type Numbered = { readonly number: number; readonly attempt: Attempt }

/** Packs tries; the only copy of their bytes. Pure. */
export function pack(tries: readonly Numbered[]): Cargo {
  const parts: Buffer[] = []
  const length = (bytes: Buffer | null): number => {
    if (bytes === null) return -1
    parts.push(bytes)
    return bytes.length
  }
  const rows = tries.map(({ number, attempt: { message, attempt } }) => ({
    number,
    attempt,
    id: message.id,
    target: message.target,
    lane: message.lane,
    mark: message.mark,
    timestamp: message.timestamp,
    key: length(message.key),
    value: length(message.value),
    headers: message.headers.map(
      ([name, value]) => [typeof name === 'string' ? name : length(name), length(value)] as const,
    ),
  }))
  return { rows, bytes: joined(parts) }
}

/** Never from Buffer's pool: a block that changes hands must be nobody else's. */
function joined(parts: readonly Buffer[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

/** The tries again, with buffers that are views of the block. Pure. */
export function unpack({ rows, bytes }: Cargo): Numbered[] {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = 0
  const take = (length: number): Buffer => {
    at += length
    return all.subarray(at - length, at)
  }
  const orNull = (length: number): Buffer | null => (length < 0 ? null : take(length))
  return rows.map(row => {
    const { number, attempt, headers, ...rest } = row
    const from = at
    const key = orNull(row.key)
    const value = orNull(row.value)
    const named = headers.map(
      ([name, length]) => [typeof name === 'string' ? name : take(name), orNull(length)] as const,
    )
    const message: Message = { ...rest, key, value, headers: named, size: at - from }
    return { number, attempt: { message, attempt } }
  })
}

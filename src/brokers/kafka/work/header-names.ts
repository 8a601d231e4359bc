import { isUtf8 } from 'node:buffer'

type Known = { readonly bytes: Buffer; readonly name: string }

/** A slot a length: the names of a topic's headers are few, and are the same in each message. */
const SLOTS = 32
const known: (Known | undefined)[] = new Array<Known | undefined>(SLOTS)

/** A header's name at data[start, end): text, or its bytes where they are not UTF-8. */
export function headerName(data: Buffer, start: number, end: number): string | Buffer {
  const slot = (end - start) % SLOTS
  const found = known[slot]
  if (found !== undefined && isSame(found.bytes, data, { start, end })) return found.name
  const bytes = data.subarray(start, end)
  if (!isUtf8(bytes)) return bytes
  const name = bytes.toString()
  known[slot] = { bytes: Buffer.from(bytes), name }
  return name
}

function isSame(known: Buffer, data: Buffer, { start, end }: { start: number; end: number }): boolean {
  if (known.length !== end - start) return false
  for (let i = 0; i < known.length; i++) if (known[i] !== data[start + i]) return false
  return true
}

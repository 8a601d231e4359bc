import { FRAME_END, FRAME_HEAD } from './frames.js'

/** Properties of class basic in the order of their flags, from bit 15 down (AMQP 0-9-1, 1.8.1), and how each is encoded. */
const PROPERTIES = [
  ['content-type', 'short'],
  ['content-encoding', 'short'],
  ['headers', 'table'],
  ['delivery-mode', 'octet'],
  ['priority', 'octet'],
  ['correlation-id', 'short'],
  ['reply-to', 'short'],
  ['expiration', 'short'],
  ['message-id', 'short'],
  ['timestamp', 'long'],
  ['type', 'short'],
  ['user-id', 'short'],
  ['app-id', 'short'],
  ['cluster-id', 'short'],
] as const

export type Property = (typeof PROPERTIES)[number][0]
/** From the first byte of the encoded value to behind its last. */
export type Span = { readonly from: number; readonly to: number }

const FLAGS = FRAME_HEAD + 12
const FIRST = FLAGS + 2
const bitOf = (index: number): number => 0x8000 >> index
const BIT = Object.fromEntries(PROPERTIES.map(([name], index) => [name, bitOf(index)])) as Readonly<
  Record<Property, number>
>

/** Whether the header frame that begins at `at` carries a property; costs two octets. */
export const has = (bytes: Buffer, at: number, property: Property): boolean =>
  (bytes.readUInt16BE(at + FLAGS) & BIT[property]) !== 0

/** Where each property that is there stands, in absolute offsets. */
export function locate(bytes: Buffer, at: number): Partial<Record<Property, Span>> {
  const flags = bytes.readUInt16BE(at + FLAGS)
  const found: Partial<Record<Property, Span>> = {}
  let from = at + FIRST
  for (const [index, [name, kind]] of PROPERTIES.entries()) {
    if ((flags & bitOf(index)) === 0) continue
    const to = from + lengthOf(bytes, from, kind)
    found[name] = { from, to }
    from = to
  }
  return found
}

/** Where one property stands; undefined where it is not there. Costs less than all of them. */
export function spanOf(bytes: Buffer, at: number, property: Property): Span | undefined {
  if (!has(bytes, at, property)) return undefined
  const flags = bytes.readUInt16BE(at + FLAGS)
  let from = at + FIRST
  for (let index = 0; index < PROPERTIES.length; index++) {
    if ((flags & bitOf(index)) === 0) continue
    const [name, kind] = PROPERTIES[index] as (typeof PROPERTIES)[number]
    const to = from + lengthOf(bytes, from, kind)
    if (name === property) return { from, to }
    from = to
  }
  return undefined
}

function lengthOf(bytes: Buffer, at: number, kind: 'short' | 'table' | 'octet' | 'long'): number {
  if (kind === 'short') return 1 + (bytes[at] as number)
  if (kind === 'table') return 4 + bytes.readUInt32BE(at)
  return kind === 'octet' ? 1 : 8
}

/** A short string without its length octet. */
export const shortString = (bytes: Buffer, { from, to }: Span): Buffer => bytes.subarray(from + 1, to)

/** What is to become of a header frame: properties to leave out, header entries (by their span) to leave out, entries to append, properties to set (encoded). */
export type HeaderChange = {
  readonly without: readonly Property[]
  readonly withoutEntries: readonly Span[]
  readonly append: readonly Buffer[]
  readonly set?: Readonly<Partial<Record<Property, Buffer>>>
}

/** A new header frame; every byte that the change does not name is as it was. `bytes` from `at` hold the old one. */
export function rewriteHeader(bytes: Buffer, at: number, change: HeaderChange): Buffer {
  const spans = locate(bytes, at)
  let flags = bytes.readUInt16BE(at + FLAGS)
  const parts: Buffer[] = [Buffer.from(bytes.subarray(at, at + FIRST))]
  for (const [index, [name]] of PROPERTIES.entries()) {
    const span = spans[name]
    if (name === 'headers') {
      const table = tableOf(bytes, span, change)
      if (table !== undefined) flags |= bitOf(index)
      if (table !== undefined) parts.push(table)
    } else if (change.without.includes(name)) flags &= ~bitOf(index)
    else if (change.set?.[name] !== undefined) {
      flags |= bitOf(index)
      parts.push(change.set[name])
    } else if (span !== undefined) parts.push(bytes.subarray(span.from, span.to))
  }
  return frameOf(parts, flags)
}

function tableOf(bytes: Buffer, span: Span | undefined, { withoutEntries, append }: HeaderChange): Buffer | undefined {
  if (span === undefined && append.length === 0) return undefined
  const kept: Buffer[] = []
  let from = span === undefined ? 0 : span.from + 4
  for (const gone of withoutEntries) {
    kept.push(bytes.subarray(from, gone.from))
    from = gone.to
  }
  if (span !== undefined) kept.push(bytes.subarray(from, span.to))
  const length = Buffer.alloc(4)
  const table = Buffer.concat([length, ...kept, ...append])
  table.writeUInt32BE(table.length - 4, 0)
  return table
}

function frameOf(parts: readonly Buffer[], flags: number): Buffer {
  const frame = Buffer.concat([...parts, Buffer.of(FRAME_END)])
  frame.writeUInt32BE(frame.length - FRAME_HEAD - 1, 3)
  frame.writeUInt16BE(flags, FLAGS)
  return frame
}

/**
 * A field value with the letter of its type, as RabbitMQ reads them: t b B s u I i l L f d D S A T F V x.
 * https://www.rabbitmq.com/amqp-0-9-1-errata (section 3)
 */
export type Field =
  | { readonly type: 't'; readonly value: boolean }
  | { readonly type: NumberType; readonly value: number }
  | { readonly type: 'l' | 'L' | 'T'; readonly value: bigint }
  | { readonly type: 'D'; readonly scale: number; readonly value: number }
  | { readonly type: 'S' | 'x'; readonly value: Buffer }
  | { readonly type: 'A'; readonly value: readonly Field[] }
  | { readonly type: 'F'; readonly value: readonly Header[] }
  | { readonly type: 'V' }

/** One entry of a table. */
export type Header = readonly [name: string, value: Field]

type NumberType = 'b' | 'B' | 's' | 'u' | 'I' | 'i' | 'f' | 'd'

const NUMBERS: Readonly<Record<NumberType, { readonly bytes: number; readonly put: keyof Buffer }>> = {
  b: { bytes: 1, put: 'writeInt8' },
  B: { bytes: 1, put: 'writeUInt8' },
  s: { bytes: 2, put: 'writeInt16BE' },
  u: { bytes: 2, put: 'writeUInt16BE' },
  I: { bytes: 4, put: 'writeInt32BE' },
  i: { bytes: 4, put: 'writeUInt32BE' },
  f: { bytes: 4, put: 'writeFloatBE' },
  d: { bytes: 8, put: 'writeDoubleBE' },
}

/** Entries of a table one after the other, without the length in front. */
export const tableEntries = (headers: readonly Header[]): Buffer => Buffer.concat(headers.map(entry))

/** Bytes with their length in front, in four bytes: a long string, an array, a table. */
export function sized(bytes: Buffer): Buffer {
  const out = Buffer.allocUnsafe(4 + bytes.length)
  out.writeUInt32BE(bytes.length)
  bytes.copy(out, 4)
  return out
}

/** A short string: at most 255 bytes, their length in front in one. */
export const shortString = (text: string): Buffer =>
  Buffer.concat([Buffer.of(Buffer.byteLength(text)), Buffer.from(text)])

const entry = ([name, field]: Header): Buffer => Buffer.concat([shortString(name), typed(field)])

const typed = (field: Field): Buffer => Buffer.concat([Buffer.from(field.type, 'latin1'), encoded(field)])

function encoded(field: Field): Buffer {
  switch (field.type) {
    case 't':
      return Buffer.of(field.value ? 1 : 0)
    case 'l':
    case 'L':
    case 'T':
      return eightBytes(field.value)
    case 'D':
      return Buffer.concat([Buffer.of(field.scale), number('I', field.value)])
    case 'S':
    case 'x':
      return sized(field.value)
    case 'A':
      return sized(Buffer.concat(field.value.map(typed)))
    case 'F':
      return sized(tableEntries(field.value))
    case 'V':
      return Buffer.alloc(0)
    default:
      return number(field.type, field.value)
  }
}

function number(type: NumberType, value: number): Buffer {
  const { bytes, put } = NUMBERS[type]
  const out = Buffer.allocUnsafe(bytes)
  const write = out[put] as (value: number) => number
  write.call(out, value)
  return out
}

function eightBytes(value: bigint): Buffer {
  const out = Buffer.allocUnsafe(8)
  out.writeBigUInt64BE(BigInt.asUintN(64, value))
  return out
}

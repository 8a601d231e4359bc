import { isUtf8 } from 'node:buffer'
import type { IndexRow } from './ports.js'

/** First line of the index. */
export const INDEX_HEADER = 'id,key,key_base64,timestamp,lane,mark,size,digest\n'

const SPECIAL = /[",\r\n]/

/** A text field (RFC 4180); an empty text is `""`, because nothing at all stands for NULL. */
export const csvField = (text: string): string =>
  text !== '' && !SPECIAL.test(text) ? text : `"${text.includes('"') ? text.replaceAll('"', '""') : text}"`

/** The line of a message; `lane` is a field already. Pure. */
export const csvRow = (lane: string, { id, key, timestamp, mark, size, digest }: IndexRow): string =>
  `${csvField(id)},${key === null ? ',' : keyFields(key)},${timestamp < 0 ? '' : timestamp},${lane},${mark},${size},${hex(digest)}\n`

/** Key as text, or in base64 where it is not UTF-8. */
function keyFields(key: Buffer): string {
  if (isPlain(key)) return `${key.toString('latin1')},`
  return isUtf8(key) ? `${csvField(key.toString())},` : `,${key.toString('base64')}`
}

/** Longer keys are looked at by native code. */
const SHORT = 48

/** Nothing but ASCII that needs no quotes: the usual key, told without a call into native code. */
function isPlain(key: Buffer): boolean {
  if (key.length === 0 || key.length > SHORT) return false
  for (let i = 0; i < key.length; i++) {
    const byte = key[i] as number
    if (byte < 0x20 || byte > 0x7e || byte === 0x22 || byte === 0x2c) return false
  }
  return true
}

const hex = (digest: number): string => (0x1_0000_0000 + (digest >>> 0)).toString(16).slice(1)

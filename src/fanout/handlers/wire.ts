import { isUtf8 } from 'node:buffer'
import { originOf } from '../../core/message.js'
import type { Attempt } from '../ports.js'

/** Text where the bytes are UTF-8, else the bytes as base64; null stays null. */
export type WireText = string | { readonly base64: string } | null

/** One message as workers get it, in the order of DESIGN §5. Pure. */
export const toWire = ({ message, attempt }: Attempt) => ({
  id: message.id,
  key: wireText(message.key),
  value: wireText(message.value),
  headers: message.headers.map(([name, value]) => [typeof name === 'string' ? name : wireText(name), wireText(value)]),
  origin: originOf(message),
  attempt,
})

const wireText = (bytes: Buffer | null): WireText =>
  bytes === null ? null : isUtf8(bytes) ? bytes.toString('utf8') : { base64: bytes.toString('base64') }

import type { Attempt } from '../../ports.js'
import { originText } from '../command-environment.js'

/** Printable ASCII that begins and ends with no blank, which HTTP would cut off (RFC 9110, 5.5). */
const PLAIN = /^(?:[!-~](?:[ -~]*[!-~])?)?$/
/** What cannot stand in a field name (RFC 9110, 5.6.2). */
const NO_TOKEN = /[^A-Za-z0-9!#$%&'*+.^`|~-]/gu

/** The request headers of one try behind those that every request has, name and value in turn, as undici takes them. Pure. */
export function requestHeaders(fixed: readonly string[], { message, attempt }: Attempt): string[] {
  const { id, key } = message
  const headers = [...fixed, 'Idempotency-Key', PLAIN.test(id) ? id : Buffer.from(id).toString('base64')]
  add(headers, 'Spillway-Id', id)
  if (key !== null) add(headers, 'Spillway-Key', key)
  add(headers, 'Spillway-Origin', originText(message))
  headers.push('Spillway-Attempt', String(attempt))
  if (message.value === null) headers.push('Spillway-Null', '1')
  for (const [name, value] of message.headers) if (value !== null) add(headers, `Spillway-Header-${token(name)}`, value)
  return headers
}

/** `NAME` where the value can stand in a header as it is, else `NAME-Base64` with its bytes. */
function add(headers: string[], name: string, value: string | Buffer): void {
  const text = typeof value === 'string' ? value : value.toString('latin1')
  if (PLAIN.test(text)) headers.push(name, text)
  else headers.push(`${name}-Base64`, Buffer.from(value as string).toString('base64'))
}

/** Proxies drop names with an underscore, so what cannot stand in one becomes a hyphen. */
const token = (name: string | Buffer): string =>
  (typeof name === 'string' ? name : name.toString('latin1')).replace(NO_TOKEN, '-') || '-'

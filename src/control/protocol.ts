import type { Envelope } from '../core/envelope.js'
import type { Rate } from '../core/plan.js'
import { isRecord, reviveEnvelope } from '../core/revive.js'

/** What an operator may ask of a live run; `by` is who asks, for the journal. One JSON line on the socket. */
export type Request =
  | { readonly type: 'status' }
  | { readonly type: 'pause'; readonly by: string; readonly reason?: string }
  /** `ignore` lifts a gauge's hold as well and keeps it away. */
  | { readonly type: 'resume'; readonly by: string; readonly ignore?: string }
  | { readonly type: 'set'; readonly by: string; readonly rate: Rate | 'unlimited' }
  | { readonly type: 'abort'; readonly by: string }

/** The answer, one JSON line: the run's envelope after the change, or why not. */
export type Response =
  | { readonly ok: true; readonly envelope: Envelope }
  | { readonly ok: false; readonly error: { readonly code: string; readonly message: string; readonly hint: string } }

/** Longest request. Bytes. */
export const MAX_REQUEST = 64 * 1024

/** A request from its line. Throws TypeError where it is none. */
export function readRequest(line: string): Request {
  const raw: unknown = JSON.parse(line)
  if (!isRecord(raw)) throw new TypeError('A request is an object')
  if (raw.type === 'status') return { type: 'status' }
  const by = text(raw.by, 'by')
  switch (raw.type) {
    case 'pause':
      return { type: 'pause', by, ...(raw.reason === undefined ? {} : { reason: text(raw.reason, 'reason') }) }
    case 'resume':
      return { type: 'resume', by, ...(raw.ignore === undefined ? {} : { ignore: text(raw.ignore, 'ignore') }) }
    case 'set':
      return { type: 'set', by, rate: readRate(raw.rate) }
    case 'abort':
      return { type: 'abort', by }
    default:
      throw new TypeError(`Unknown request ${JSON.stringify(raw.type)}`)
  }
}

/** A response from its line. Throws TypeError where it is none. */
export function readResponse(line: string): Response {
  const raw: unknown = JSON.parse(line)
  if (!isRecord(raw)) throw new TypeError('A response is an object')
  if (raw.ok === true) return { ok: true, envelope: reviveEnvelope(raw.envelope) }
  if (!isRecord(raw.error)) throw new TypeError('A response without an error')
  const { code, message, hint } = raw.error
  return { ok: false, error: { code: text(code, 'code'), message: text(message, 'message'), hint: text(hint, 'hint') } }
}

/** Without either limit the rate is unlimited; that must be said, so that a slip cannot take the limit away. */
function readRate(raw: unknown): Rate {
  if (raw === 'unlimited') return {}
  if (!isRecord(raw)) throw new TypeError('A rate is {messages} or {bytes} a second')
  const { messages, bytes } = raw
  if (messages === undefined && bytes === undefined) throw new TypeError('A rate is {messages} or {bytes} a second')
  return {
    ...(messages === undefined ? {} : { messages: above0(messages) }),
    ...(bytes === undefined ? {} : { bytes: above0(bytes) }),
  }
}

function above0(raw: unknown): number {
  if (typeof raw === 'number' && Number.isFinite(raw) && raw > 0) return raw
  throw new TypeError('A rate is a number above 0; to stop for a while there is pause')
}

function text(raw: unknown, name: string): string {
  if (typeof raw === 'string' && raw !== '') return raw
  throw new TypeError(`'${name}' must be text`)
}

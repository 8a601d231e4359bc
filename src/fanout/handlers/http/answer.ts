import { STATUS_CODES } from 'node:http'
import { DONE, type Outcome } from '../../ports.js'
import { asReason } from '../reason.js'

/** Of a body, so many characters stand in a reason. */
const SHOWN = 200
/** A proxy says that the service behind it is away (RFC 9110, 15.6.3 and 15.6.5). */
const GATEWAY = new Set([502, 504])

export type HttpAnswer = {
  readonly status: number
  readonly retryAfter: string | undefined
  readonly location: string | undefined
  /** The beginning of the body. */
  readonly body: string
}

/** What an answer means: 2xx done, 429 and 503 later, other 4xx and all 3xx refused, the rest failed. `now` in milliseconds. */
export function httpOutcome(answer: HttpAnswer, now: () => number): Outcome {
  const { status, location } = answer
  if (status >= 200 && status < 300) return DONE
  const words = `${status} ${STATUS_CODES[status] ?? ''}`.trim()
  if (status >= 300 && status < 400) return { kind: 'refused', reason: redirected(words, location) }
  const body = asReason(answer.body, SHOWN)
  const reason = body === '' ? words : `${words}: ${body}`
  if (status === 429 || status === 503) return later(reason, answer.retryAfter, now())
  if (status >= 400 && status < 500) return { kind: 'refused', reason }
  return GATEWAY.has(status) ? { kind: 'failed', reason, outage: true } : { kind: 'failed', reason }
}

/** Retry-After is a number of seconds or a date (RFC 9110, 10.2.3). */
function later(reason: string, retryAfter: string | undefined, now: number): Outcome {
  if (retryAfter === undefined) return { kind: 'later', reason }
  const until = /^\d+$/.test(retryAfter) ? now + Number(retryAfter) * 1000 : Date.parse(retryAfter)
  if (Number.isNaN(until)) return { kind: 'later', reason }
  return { kind: 'later', reason, afterMs: Math.max(0, until - now) }
}

const redirected = (words: string, location: string | undefined): string =>
  location === undefined
    ? `${words} (redirects are not followed)`
    : asReason(`${words} to ${location.replace(/\/\/[^/@]*@/, '//')} (redirects are not followed)`)

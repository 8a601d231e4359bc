import { randomBytes } from 'node:crypto'
import { UserError } from '../errors.js'

/** Crockford's base 32 in lower case: no i, l, o, u, so that an id can be read out on the phone. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'
const SAFE = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/

/**
 * A new run's id, such as `20261121-0152-k3f9`: UTC to the minute, then 20 random bits. It sorts by time and is valid
 * in a Kafka topic name (`[a-zA-Z0-9._-]`) and as a file name.
 */
export function makeRunId(now: Date, random: Uint8Array = randomBytes(4)): string {
  const minute = now.toISOString().slice(0, 16).replaceAll('-', '').replace('T', '-').replace(':', '')
  const tail = Array.from(random.subarray(0, 4), byte => ALPHABET[byte & 31]).join('')
  return `${minute}-${tail}`
}

/** Gives the id back if it can be one. Throws UserError `no-such-run` otherwise, so that no path gets through. */
export function checkRunId(text: string): string {
  if (SAFE.test(text)) return text
  throw new UserError(`'${text}' is not the id of a run`, {
    code: 'no-such-run',
    hint: 'An id looks like 20261121-0152-k3f9; `spillway runs` lists them.',
  })
}

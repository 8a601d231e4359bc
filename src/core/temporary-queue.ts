import { createHash } from 'node:crypto'
import { Bug } from '../errors.js'

// Queue and exchange names are short strings: at most 255 bytes of UTF-8 (AMQP 0-9-1, 4.2.5.3).
const LONGEST = 255
const MARK = '.spill.'
const ROOM_FOR_RUN = 64
const ROOM_FOR_NUMBER = 1 + 6
const LONGEST_SOURCE = LONGEST - MARK.length - ROOM_FOR_RUN - ROOM_FOR_NUMBER
const LOCK = 'spillway.lock.'

/**
 * What the names of all temporary queues of a source begin with: `SOURCE.spill.`. A source name that leaves no room is
 * cut and ends in 8 hex digits of its sha-256. A client may declare no name in `amq.`, so that becomes `amq-`.
 */
export const temporaryQueuePrefix = (source: string): string => {
  const legal = source.replace(/^amq\./, 'amq-')
  if (Buffer.byteLength(legal) <= LONGEST_SOURCE) return legal + MARK
  return `${cut(legal, LONGEST_SOURCE - 9)}-${hashOf(source)}${MARK}`
}

/** Name of the temporary queues of one run without their numbers: `SOURCE.spill.RUN`. Throws Bug for no run id. */
export const temporaryQueueBase = (source: string, run: string): string => {
  if (!/^[A-Za-z0-9._-]+$/.test(run) || run.length > ROOM_FOR_RUN)
    throw new Bug(`Run id "${run}" can't be part of a queue name`)
  return temporaryQueuePrefix(source) + run
}

/** Names of all temporary queues of one run: `SOURCE.spill.RUN.00` and on, two digits or as many as the count needs. */
export const temporaryQueues = (source: string, run: string, count: number): readonly string[] => {
  const base = temporaryQueueBase(source, run)
  const digits = Math.max(2, String(count - 1).length)
  return Array.from({ length: count }, (_, lane) => `${base}.${String(lane).padStart(digits, '0')}`)
}

/** Name of the exclusive queue that is the lock on a source: `spillway.lock.SOURCE`, cut as above. */
export const lockQueue = (source: string): string => {
  const longest = LONGEST - LOCK.length
  if (Buffer.byteLength(source) <= longest) return LOCK + source
  return `${LOCK}${cut(source, longest - 9)}-${hashOf(source)}`
}

const hashOf = (source: string): string => createHash('sha256').update(source).digest('hex').slice(0, 8)

// Cuts between characters: half of one would be no UTF-8.
const cut = (text: string, bytes: number): string => {
  let kept = ''
  for (const character of text) {
    if (Buffer.byteLength(kept) + Buffer.byteLength(character) > bytes) break
    kept += character
  }
  return kept
}

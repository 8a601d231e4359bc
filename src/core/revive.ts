import type { Envelope } from './envelope.js'
import type { Counts, RunEvent } from './event.js'

/** What JSON.parse makes of an object. */
export type JsonRecord = { readonly [key: string]: unknown }

/** True for an object that is no array. */
export const isRecord = (value: unknown): value is JsonRecord =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A bigint from its decimal string (or a whole number). Throws TypeError for anything else. */
export function toBigint(value: unknown): bigint {
  if (typeof value === 'bigint') return value
  if (typeof value === 'string' && /^-?\d+$/.test(value)) return BigInt(value)
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value)
  throw new TypeError(`not a whole number: ${String(value)}`)
}

const TYPES: Readonly<Record<RunEvent['type'], readonly string[]>> = {
  started: ['host'],
  opened: ['lane', 'from', 'to'],
  settled: ['lane', 'mark'],
  finished: ['lane', 'mark'],
  held: ['reason', 'until'],
  released: ['reason', 'by'],
  doubted: ['lane', 'from', 'to', 'why'],
  lost: ['lane', 'from', 'to', 'why'],
  warned: ['message'],
  steered: ['what', 'by'],
  restored: ['how', 'step', 'what'],
  ended: [],
}

const reviveCounts = (raw: JsonRecord): Counts => ({
  read: toBigint(raw.read),
  written: toBigint(raw.written),
  parked: toBigint(raw.parked),
  dropped: toBigint(raw.dropped),
  holes: toBigint(raw.holes),
  markers: toBigint(raw.markers),
  aborted: toBigint(raw.aborted),
  bytes: toBigint(raw.bytes),
})

/** A run event from its parsed JSON, bigints revived. Throws TypeError where it is not one. */
export function reviveEvent(raw: unknown): RunEvent {
  if (!isRecord(raw) || typeof raw.type !== 'string' || !Object.hasOwn(TYPES, raw.type)) {
    throw new TypeError('no event of a run')
  }
  for (const field of ['at', ...TYPES[raw.type as RunEvent['type']]]) {
    if (typeof raw[field] !== 'string') throw new TypeError(`event '${raw.type}' without '${field}'`)
  }
  if (raw.type === 'ended' && (!isRecord(raw.ending) || typeof raw.ending.kind !== 'string')) {
    throw new TypeError("event 'ended' without 'ending'")
  }
  if (raw.type === 'settled') {
    if (!isRecord(raw.counts)) throw new TypeError("event 'settled' without 'counts'")
    const skipped = raw.skipped === undefined ? {} : { skipped: toBigint(raw.skipped) }
    return { ...raw, counts: reviveCounts(raw.counts), ...skipped } as unknown as RunEvent
  }
  if (raw.type === 'doubted') return { ...raw, messages: toBigint(raw.messages) } as unknown as RunEvent
  return raw as unknown as RunEvent
}

/** An envelope from its parsed JSON, bigints revived. Throws TypeError where a count is none. */
export function reviveEnvelope(raw: unknown): Envelope {
  if (!isRecord(raw) || !isRecord(raw.ledger)) throw new TypeError('no envelope of a run')
  const envelope = raw as unknown as Envelope
  const { read, written, parked, dropped } = raw.ledger
  return {
    ...envelope,
    ledger: { read: toBigint(read), written: toBigint(written), parked: toBigint(parked), dropped: toBigint(dropped) },
    lanes: envelope.lanes.map(lane => ({ ...lane, read: toBigint(lane.read), written: toBigint(lane.written) })),
    duplicatesAtMost: toBigint(envelope.duplicatesAtMost),
    ...(raw.skipped === undefined ? {} : { skipped: toBigint(raw.skipped) }),
  }
}

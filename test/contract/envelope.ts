import { expect } from 'vitest'
import { z } from 'zod'

const count = z.string().regex(/^\d+$/)
const time = z.iso.datetime()
const error = z.strictObject({
  code: z.string().min(1),
  message: z.string().min(1),
  hint: z.string().min(1),
  details: z.array(z.object({ at: z.string().optional(), message: z.string() })),
})

/** The envelope of a run, field by field as DESIGN.md §5 has it; `reason` says why a stopped run stopped. */
const envelope = z.strictObject({
  run: z.string().regex(/^\d{8}-\d{4}-[a-z0-9]+$/),
  verb: z.enum(['drain', 'discard', 'replay']),
  source: z.string().regex(/^([a-z]+:\/\/[^@]+|(archive|parked):[\w-]+)$/),
  target: z.string().regex(/^([a-z]+:\/\/[^@]+|archive:[\w-]+|nowhere|origin)$/),
  state: z.enum(['planned', 'running', 'held', 'stopped', 'complete', 'failed', 'undone']),
  reason: z.string().optional(),
  ledger: z.strictObject({ read: count, written: count, parked: count, dropped: count }),
  skipped: count.optional(),
  balanced: z.boolean(),
  lanes: z.array(z.strictObject({ lane: z.string(), read: count, written: count, from: z.string(), to: z.string() })),
  duplicatesAtMost: count,
  startedAt: time.nullable(),
  endedAt: time.nullable(),
  messagesPerSecond: z.number(),
  bytesPerSecond: z.number(),
  originals: z.string().regex(/^(keep stopped \([\d,]+ unread in lanes\)|may start)$/),
  held: z.array(z.strictObject({ reason: z.string(), since: time, seconds: z.number() })),
  warnings: z.array(z.string()),
  refusals: z.array(z.string()),
  error: error.optional(),
})

export type Envelope = z.infer<typeof envelope>
export type ErrorTold = z.infer<typeof error>

/** A document that is a run's envelope and nothing else, but for the fields that its verb adds. Fails where it is not. */
export function expectEnvelope(document: object, more: readonly string[] = []): Envelope {
  for (const field of more) expect(document).toHaveProperty(field)
  const rest = Object.entries(document).filter(([field]) => !more.includes(field))
  return envelope.parse(Object.fromEntries(rest))
}

/** A document that is an error and nothing else. Fails where it is not. */
export const expectErrorAlone = (document: object): ErrorTold => z.strictObject({ error }).parse(document).error

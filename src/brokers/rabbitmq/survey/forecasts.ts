import { defined } from '../../../core/defined.js'
import type { Forecast, QueueSettings, QueueTotal, Setting } from '../../../core/queue-survey.js'

type Counted = Omit<QueueTotal, 'firstExpiry' | 'full'>

/** What a forecast is made from. */
export type Subject = {
  readonly settings: QueueSettings
  readonly total: Counted
  /** Nobody consumes: the queue's own expiry runs. */
  readonly unused: boolean
}

/** When the first message, or the queue itself, may be gone, and when the queue is full. Seconds from now. */
export const forecasts = (subject: Subject): Pick<QueueTotal, 'firstExpiry' | 'full'> =>
  defined({ firstExpiry: firstExpiry(subject), full: full(subject) })

const firstExpiry = (subject: Subject): Forecast | undefined =>
  [ofMessages(subject), ofQueue(subject)]
    .filter(forecast => forecast !== undefined)
    .sort((a, b) => a.low - b.low || (a.high ?? 0) - (b.high ?? 0))[0]

const ofMessages = ({ settings, total }: Subject): Forecast | undefined => {
  const { messageTtl } = settings
  if (messageTtl === undefined || total.ready === 0n) return undefined
  const ttl = messageTtl.value / 1000
  const left = total.oldestAgeSeconds === undefined ? undefined : Math.max(0, ttl - total.oldestAgeSeconds)
  return { low: left ?? 0, high: left ?? ttl, by: messageTtl.by, what: fate(settings, 'the head message') }
}

// The lease is renewed by a consumer, a redeclaration and basic.get; when it was last renewed is not told.
const ofQueue = ({ settings: { expires }, unused }: Subject): Forecast | undefined =>
  expires === undefined || !unused
    ? undefined
    : {
        low: 0,
        high: expires.value / 1000,
        by: expires.by,
        what: 'THE QUEUE ITSELF is deleted, with all that is in it',
      }

const fate = ({ deadLetterExchange }: QueueSettings, what: string): string =>
  deadLetterExchange === undefined
    ? `${what} is dropped`
    : `${what} is dead-lettered to exchange ${deadLetterExchange.value || '(default)'}`

const full = ({ settings, total }: Subject): Forecast | undefined => {
  const average = total.averageBytes ?? 0
  const ready = Number(total.ready)
  return [
    reached(settings.maxLength, ready, { total, each: 1 }, settings),
    ...(average > 0
      ? [reached(settings.maxLengthBytes, Number(total.bytes ?? 0n), { total, each: average }, settings)]
      : []),
  ]
    .filter(forecast => forecast !== undefined)
    .sort((a, b) => a.low - b.low)[0]
}

type Growing = { readonly total: Counted; readonly each: number }

const reached = (
  limit: Setting<number> | undefined,
  now: number,
  { total, each }: Growing,
  settings: QueueSettings,
): Forecast | undefined => {
  if (limit === undefined) return undefined
  const room = Math.max(0, limit.value - now)
  const fate = { by: limit.by, what: overflow(settings) }
  if (room === 0) return { low: 0, high: 0, ...fate }
  const { growthRate, serviceRate, net, rates } = total
  const fast = rates === 'net' ? net : growthRate.high - serviceRate.low
  const slow = rates === 'net' ? net : growthRate.low - serviceRate.high
  if (fast <= 0) return undefined
  return { low: room / (fast * each), ...(slow > 0 && { high: room / (slow * each) }), ...fate }
}

const overflow = (settings: QueueSettings): string => {
  const rule = settings.overflow?.value ?? 'drop-head'
  if (rule === 'drop-head') return fate(settings, 'the OLDEST message, for each new one,')
  return rule === 'reject-publish-dlx'
    ? 'new messages are refused and dead-lettered'
    : 'new messages are refused (publishers get a nack, or nothing without confirms)'
}

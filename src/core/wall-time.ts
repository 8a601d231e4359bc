import { UserError } from '../errors.js'
import { parseInstant } from './instant.js'

const WITHOUT_ZONE = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3}))?)?)?$/

/**
 * Reads a point in time: one with its zone as it is, one without in `zone` (IANA), a date alone as its midnight. Of an hour that comes twice, at the end
 * of summer time, the first is meant. Throws UserError for what is no time, and for one that a clock in that zone never showed.
 */
export function parseTimeIn(text: string, zone: string): Date {
  const parts = WITHOUT_ZONE.exec(text.trim())
  if (parts === null) return parseInstant(text)
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = parts
    .slice(1, 7)
    .map(part => Number(part ?? 0))
  const wall = Date.UTC(year, month - 1, day, hour, minute, second, Number((parts[7] ?? '0').padEnd(3, '0')))
  const asked = `${parts[1]}-${parts[2]}-${parts[3]}`
  if (new Date(wall).toISOString().slice(0, 10) !== asked || hour > 23 || minute > 59 || second > 59)
    throw new UserError(`"${text}" is no day or time that there is`, { hint: 'Write 2026-01-31T08:00 or 2026-01-31.' })
  const fitting = [wall - DAY, wall + DAY]
    .map(near => wall - offsetAt(near, zone))
    .filter(instant => instant + offsetAt(instant, zone) === wall)
    .sort((a, b) => a - b)
  if (fitting[0] !== undefined) return new Date(fitting[0])
  throw new UserError(`"${text}" never was in ${zone}: the clocks were put forward over it`, {
    hint: 'Give a time before or after it, or one with its offset: 2026-03-29T02:30+02:00.',
  })
}

const DAY = 86_400_000

/** Milliseconds that clocks of a zone are ahead of UTC at an instant. */
export function offsetAt(instant: number, zone: string): number {
  const parts = formatOf(zone).formatToParts(instant)
  const field = (type: string) => Number(parts.find(part => part.type === type)?.value ?? 0)
  const wall = Date.UTC(
    field('year'),
    field('month') - 1,
    field('day'),
    field('hour'),
    field('minute'),
    field('second'),
  )
  return wall - Math.floor(instant / 1000) * 1000
}

/** To make one takes far longer than to use it. */
const FORMATS = new Map<string, Intl.DateTimeFormat>()

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = FORMATS.get(zone)
  if (known !== undefined) return known
  const made = new Intl.DateTimeFormat('en-US', { timeZone: zone, hourCycle: 'h23', ...FIELDS })
  FORMATS.set(zone, made)
  return made
}

const FIELDS = {
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
} as const

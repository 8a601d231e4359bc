import { UserError } from '../errors.js'

const WITH_ZONE = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?)\s*(Z|[+-]\d{2}:?\d{2})$/i
const WITHOUT_ZONE = /^\d{4}-\d{2}-\d{2}([T ]\d{2}(:\d{2}(:\d{2}(\.\d+)?)?)?)?$/

const FORM = 'Write 2026-01-31T08:00+08:00, or 2026-01-31T00:00Z for UTC.'

/** Reads a point in time that says its zone, `2026-01-31T08:00+08:00` or `…Z`. A zone is never guessed. Throws UserError. */
export const parseInstant = (text: string): Date => {
  const [, date = '', clock = '', zone = ''] = WITH_ZONE.exec(text.trim()) ?? []
  if (date === '') throw noInstant(text)
  const utc = new Date(`${date}T${clock}Z`)
  // Date.parse takes the 30th of February for the 2nd of March.
  if (Number.isNaN(utc.getTime()) || utc.toISOString().slice(0, 10) !== date)
    throw new UserError(`"${text}" is no day or time that there is`, { hint: FORM })
  return new Date(utc.getTime() - offsetMs(zone))
}

const noInstant = (text: string): UserError =>
  WITHOUT_ZONE.test(text.trim())
    ? new UserError(`"${text}" does not say its time zone`, {
        code: 'no-zone',
        hint: `The same hour is elsewhere another instant. ${FORM}`,
      })
    : new UserError(`"${text}" is not a point in time`, { hint: FORM })

const offsetMs = (zone: string): number => {
  if (/^z$/i.test(zone)) return 0
  const [hours = 0, minutes = 0] = [zone.slice(1, 3), zone.slice(-2)].map(Number)
  if (hours > 14 || minutes > 59) throw new UserError(`${zone} is no offset from UTC`, { hint: FORM })
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000
}

/** Reads the name of a time zone, as IANA has them. Throws UserError. */
export const parseZone = (text: string): string => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone
  } catch (cause) {
    throw new UserError(`"${text}" is not a time zone`, { hint: 'Write Europe/Berlin, Asia/Shanghai or UTC.', cause })
  }
}

import { UserError } from '../errors.js'
import { dateAt, dayBehind, firstInstant } from './zoned.js'

/** Hours of each day in which a run may work, on the clocks of a zone. `from` and `to` are `HH:MM` or `HH:MM:SS`; a `to` before `from` is of the day after. */
export type NightWindow = { readonly from: string; readonly to: string; readonly zone: string }

/** One opening of a window. `date` is the day on which it opens there; half-open. */
export type Night = { readonly date: string; readonly opensAt: Date; readonly closesAt: Date }

/** What the reason of a run that its hours have stopped begins with. */
export const WINDOW_OVER = 'window over'

const CLOCK = /^([01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?$/
const FORM = 'Write --window 00:30-05:00, with --tz Asia/Shanghai.'

/** Reads `00:30-05:00`. Throws UserError for what is no pair of times of day, and for one of no length. */
export function parseHours(text: string): Pick<NightWindow, 'from' | 'to'> {
  const [from = '', to = '', more] = text.trim().split(/\s*-\s*/)
  if (!CLOCK.test(from) || !CLOCK.test(to) || more !== undefined)
    throw new UserError(`"${text}" is no pair of times of day`, { hint: FORM })
  if (`${from}:00`.slice(0, 8) !== `${to}:00`.slice(0, 8)) return { from, to }
  throw new UserError(`"${text}" ends where it begins`, { hint: `For all day long leave it away. ${FORM}` })
}

/** As it is typed, with its zone. */
export const windowText = ({ from, to, zone }: NightWindow): string => `${from}-${to} ${zone}`

/** The opening that an instant lies in; undefined while the window is shut. Pure. */
export function nightAt(window: NightWindow, at: Date): Night | undefined {
  const today = dateAt(at.getTime(), window.zone)
  return [dayBehind(today, -1), today]
    .map(date => nightOf(window, date))
    .find(({ opensAt, closesAt }) => opensAt <= at && at < closesAt)
}

/** The first opening that begins after an instant. One that lies wholly in an hour that the clocks leave out is none. Pure. */
export function nextNight(window: NightWindow, after: Date): Night {
  let date = dayBehind(dateAt(after.getTime(), window.zone), -1)
  for (;;) {
    const night = nightOf(window, date)
    if (night.opensAt > after && night.opensAt < night.closesAt) return night
    date = dayBehind(date, 1)
  }
}

/** Of an hour that comes twice the first is meant, at both ends; of one that the clocks leave out, the first moment behind it. */
function nightOf({ from, to, zone }: NightWindow, date: string): Night {
  const last = to <= from ? dayBehind(date, 1) : date
  return {
    date,
    opensAt: new Date(firstInstant(`${date}T${from}`, zone)),
    closesAt: new Date(firstInstant(`${last}T${to}`, zone)),
  }
}

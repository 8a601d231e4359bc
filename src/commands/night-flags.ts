import type { Command } from 'commander'
import { isRelative, parseBorder, parseDay } from '../core/border.js'
import { defined } from '../core/defined.js'
import { type NightWindow, nextNight, nightAt, parseHours } from '../core/window.js'
import { dateAt } from '../core/zoned.js'
import type { GaugesAsked } from './gauge-flags.js'
import type { Problems } from './problems.js'

/** The flags of a replay that runs every night. */
export type NightFlags = { window?: string; carryOver?: boolean; again?: boolean; day?: string }

/** The flags of a range of times. */
export type BorderFlags = { from?: string; toTime?: string; since?: string; before?: string; day?: string }

/** Borders as they were typed, where they mean another time each day. */
export type TypedBorders = { readonly day?: string; readonly from?: string; readonly to?: string }

/** What a nightly replay has beside any other. */
export type NightAsked = {
  /** Borders of the range as they were typed, where they mean another time each day. */
  readonly typed?: TypedBorders
  /** Hours in which it may work; absent: always. */
  readonly window?: NightWindow
  /** First finish what an earlier night left unfinished. */
  readonly carryOver?: boolean
  /** Send again what another run of this home has sent there already. */
  readonly repeat?: boolean
  readonly gauges?: GaugesAsked
}

/** Declares them. */
export const withNight = (command: Command): Command =>
  command
    .option('--window <hours>', 'work only in these hours, such as 00:30-05:00, on the clocks of --tz')
    .option('--carry-over', 'with --window: first finish what an earlier night left unfinished')
    .option('--again', 'send again what another run of this home has sent there already')
    .option('--day <day>', 'from and before its midnights in --tz: yesterday, today, 2026-01-31')

/** The hours of a nightly replay; undefined where there are none. */
export function windowAsked(
  { window, carryOver }: NightFlags,
  zone: string,
  problems: Problems,
): NightWindow | undefined {
  const hours = problems.read('--window', window, parseHours)
  if (carryOver && window === undefined)
    problems.add('--carry-over', 'is for nightly replays', 'Give the hours as well: --window 00:30-05:00 --tz ZONE.')
  return hours === undefined ? undefined : { ...hours, zone }
}

/** What today is for a command: the day on which the night of now began, or on which the next one will. */
export const todayOf = (window: NightWindow | undefined, zone: string, now: Date): string =>
  window === undefined ? dateAt(now.getTime(), zone) : (nightAt(window, now) ?? nextNight(window, now)).date

/** The range of times that was asked for, half-open. */
export function bordersAsked(
  flags: BorderFlags,
  today: { readonly date: string; readonly zone: string },
  problems: Problems,
): { readonly from?: Date; readonly to?: Date; readonly typed?: TypedBorders } {
  problems.exclusive({ '--from': flags.from, '--since': flags.since, '--day': flags.day })
  problems.exclusive({ '--to-time': flags.toTime, '--before': flags.before, '--day': flags.day })
  const time = (at: string, text: string | undefined) => problems.read(at, text, each => parseBorder(each, today))
  const day = problems.read('--day', flags.day, text => parseDay(text, today))
  const from = day?.from ?? time('--from', flags.from) ?? time('--since', flags.since)
  const to = day?.to ?? time('--to-time', flags.toTime) ?? time('--before', flags.before)
  if (from !== undefined && to !== undefined && from >= to)
    problems.add('--to-time', 'is not after --from: nothing lies between them', 'Exchange them.')
  return defined({ from, to, typed: typedOf(flags) })
}

function typedOf({ day, from, since, toTime, before }: BorderFlags): TypedBorders | undefined {
  const moving = (text: string | undefined) => (text !== undefined && isRelative(text) ? text : undefined)
  const typed = defined({ day: moving(day), from: moving(from ?? since), to: moving(toTime ?? before) })
  return Object.keys(typed).length === 0 ? undefined : typed
}

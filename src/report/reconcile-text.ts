import { formatCount } from '../core/quantity.js'
import type { ReconcileCounts } from '../core/reconcile-counts.js'
import { facts, item, table, time } from './layout.js'

/** Sums of one hour of the expected side. */
type Hour = {
  readonly hour: string | null
  readonly expected: number
  readonly missing: number
  readonly duplicates: number
}

/** What `reconcile` found. */
export type ReconcileResult = ReconcileCounts & {
  readonly withoutTime: number
  readonly missingFile: string
  readonly missingIds: readonly string[]
  readonly hours: readonly Hour[]
}

const SHOWN_HOURS = 24
const SHOWN_IDS = 10

/** What `reconcile` prints, without colour, 80 columns. */
export function reconcileText(
  result: ReconcileResult,
  names: { readonly expected: string; readonly seen: readonly string[] },
): string {
  const { expected, seen, missing, extra, duplicates, surplus } = result
  const n = (count: number) => formatCount(count)
  const lines = [
    missing === 0 ? 'Nothing is missing.' : `${n(missing)} of ${n(expected)} never got through.`,
    '',
    ...facts([
      ['expected', `${n(expected)} in ${names.expected}`],
      ['seen', `${n(seen)} in ${names.seen.join(', ')}`],
      ['missing', n(missing)],
      ['extra', `${n(extra)} seen, and not expected`],
      ['duplicates', `${n(duplicates)} seen more than once, ${n(surplus)} rows too many`],
      ['list', result.missingFile],
    ]),
    ...hourLines(result.hours),
    ...idLines(result),
    ...notes(result).flatMap(note => item('note: ', note)),
  ]
  return `${lines.join('\n')}\n`
}

function hourLines(hours: readonly Hour[]): readonly string[] {
  const some = hours.filter(({ missing, duplicates }) => missing + duplicates > 0)
  if (some.length === 0) return []
  const rows = some
    .slice(0, SHOWN_HOURS)
    .map(each =>
      [each.hour === null ? 'no time' : time(each.hour), each.expected, each.missing, each.duplicates].map(String),
    )
  const more = some.length > SHOWN_HOURS ? [`and ${some.length - SHOWN_HOURS} more hours; --output json has all`] : []
  return ['', ...table([['hour', 'expected', 'missing', 'duplicates'], ...rows]), ...more]
}

function idLines({ missing, missingIds }: ReconcileResult): readonly string[] {
  if (missing === 0) return []
  const shown = missingIds.slice(0, SHOWN_IDS)
  const more = missing > shown.length ? ` and ${formatCount(missing - shown.length)} more` : ''
  return ['', ...item('missing: ', `${shown.join(' ')}${more}`), '']
}

function notes({ expected, withoutId, withoutTime, expectedAgain }: ReconcileResult): readonly string[] {
  return [
    ...(expected === 0 ? ['nothing was expected: is it the right file, and the right range of time?'] : []),
    ...(withoutTime > 0
      ? [`${formatCount(withoutTime)} expected rows have no time, and were left out of the range`]
      : []),
    ...(withoutId.expected > 0
      ? [`${formatCount(withoutId.expected)} expected rows have no id: nobody can say whether they got through`]
      : []),
    ...(withoutId.seen > 0 ? [`${formatCount(withoutId.seen)} seen have no id, and take no part`] : []),
    ...(expectedAgain > 0 ? [`${formatCount(expectedAgain)} expected rows repeat an id, and count once`] : []),
  ]
}

import { missingWords } from '../../commands/missing-flags.js'
import type { ReplayRequest } from '../../commands/requests.js'
import { formatRows } from '../../core/address/rows.js'
import { formatAddress, type Place } from '../../core/address.js'
import { rateFlags, shellWord } from '../../core/command-words.js'
import { reachedBy } from '../run/command-again.js'

/** The command that runs the plan which a dry run has shown, without `--execute`; it holds no password. */
export const replayAgain = (request: ReplayRequest): string => {
  const { to, filter, zone, maxReplays } = request
  const words = [
    `spillway replay ${shellWord(ofWords(request))}`,
    `--to ${to === 'origin' ? to : shellWord(typed(to))}`,
    ...ofRows(request),
    ...borders(request),
    ...flag('--tz', zone === 'UTC' ? undefined : zone),
    ...(filter.keys ?? []).flatMap(key => flag('--only-key', key)),
    ...(filter.ids ?? []).flatMap(id => flag('--only-id', id)),
    ...flag('--ids', filter.idsFile === undefined ? undefined : `file:${filter.idsFile}`),
    ...ofMissing(request),
    ...ofNight(request),
    ...ofGauges(request),
    ...(request.transactions ? [] : ['--no-transaction']),
    ...(request.consumersStopped ? ['--consumers-stopped'] : []),
    ...(request.provenance === undefined ? [] : [request.provenance ? '--provenance' : '--no-provenance']),
    ...flag('--max-replays', maxReplays === 3 ? undefined : String(maxReplays)),
    ...rateFlags(request.rate),
    ...flag('--source', request.again?.source && typed(request.again.source)),
    ...flag('--target', request.again?.target && typed(request.again.target)),
  ]
  const { config, management } = request
  return reachedBy(words.join(' '), {
    ...(config === undefined ? {} : { config }),
    ...(management === undefined ? {} : { management }),
  })
}

const ofWords = ({ of }: ReplayRequest): string => {
  if (of.kind === 'dead-letters') return typed(of.place)
  return of.kind === 'rows' ? withLogin(formatRows(of.place.address), of.place) : `${of.kind}:${of.run}`
}

function ofRows({ of }: ReplayRequest): string[] {
  if (of.kind === 'parked') return flag('--map', of.map)
  if (of.kind !== 'rows') return []
  const { of: what, key, time, graceMs, rescanMs } = of.rows
  const isFile = of.place.address.kind === 'file'
  return [
    ...(isFile ? [] : 'table' in what ? flag('--table', what.table) : flag('--query', what.query)),
    ...flag('--key', key),
    ...flag('--time', time || undefined),
    ...flag('--grace', graceMs === undefined || graceMs === 60_000 ? undefined : `${graceMs}ms`),
    ...flag('--rescan', rescanMs === undefined || rescanMs === 900_000 ? undefined : `${rescanMs}ms`),
    ...flag('--statement-timeout', of.statementMs === undefined ? undefined : `${of.statementMs}ms`),
    ...flag('--map', typeof of.map === 'object' ? of.map.file : of.map),
  ]
}

const ofMissing = ({ of }: ReplayRequest): string[] =>
  of.kind === 'dead-letters' || of.missing === undefined
    ? []
    : missingWords(of.missing).flatMap(([name, value]) => flag(name, value))

/** As they were typed where they mean another time each day, so that the command is the same every night. */
function borders({ of, filter, typed }: ReplayRequest): string[] {
  if (typed?.day !== undefined) return flag('--day', typed.day)
  const rows = of.kind === 'rows' ? { ...of.rows, to: of.rows.toAsked ?? of.rows.to } : undefined
  const { from, to } = rows ?? { from: filter.from?.toISOString(), to: filter.to?.toISOString() }
  return [...flag('--from', typed?.from ?? (from || undefined)), ...flag('--to-time', typed?.to ?? (to || undefined))]
}

function ofNight({ window, carryOver, repeat }: ReplayRequest): string[] {
  return [
    ...flag('--window', window && `${window.from}-${window.to}`),
    ...(carryOver ? ['--carry-over'] : []),
    ...(repeat ? ['--again'] : []),
  ]
}

function ofGauges({ gauges }: ReplayRequest): string[] {
  const { replicaLagMs, query, targetLag, url, holdFile } = gauges?.limits ?? {}
  const database = gauges?.database
  return [
    ...flag('--max-replica-lag', replicaLagMs === undefined ? undefined : `${replicaLagMs}ms`),
    ...flag('--gauge-query', query?.text),
    ...flag('--gauge-max', query && String(query.max)),
    ...flag('--gauge-db', database && withLogin(formatRows(database.address), database)),
    ...flag('--max-target-lag', targetLag && String(targetLag.max)),
    ...flag('--target-group', targetLag?.group),
    ...flag('--gauge-url', url),
    ...flag('--hold-file', holdFile),
  ]
}

const flag = (name: string, value: string | undefined): string[] =>
  value === undefined ? [] : [`${name} ${shellWord(value)}`]

/** With its user, but without the password. */
const typed = (place: Place): string => withLogin(formatAddress(place.address), place)

const withLogin = (shown: string, { credentials }: Pick<Place, 'credentials'>): string =>
  credentials === undefined ? shown : shown.replace('://', `://${encodeURIComponent(credentials.username)}@`)

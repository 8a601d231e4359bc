import type { ReplayRequest } from '../../commands/requests.js'
import { formatDatabase } from '../../core/address/database.js'
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
    ...flag('--from', filter.from?.toISOString()),
    ...flag('--to-time', filter.to?.toISOString()),
    ...flag('--tz', zone === 'UTC' ? undefined : zone),
    ...(filter.keys ?? []).flatMap(key => flag('--only-key', key)),
    ...(filter.ids ?? []).flatMap(id => flag('--only-id', id)),
    ...flag('--ids', filter.idsFile === undefined ? undefined : `file:${filter.idsFile}`),
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
  return of.kind === 'rows' ? withLogin(formatDatabase(of.place.address), of.place) : `${of.kind}:${of.run}`
}

function ofRows({ of }: ReplayRequest): string[] {
  if (of.kind !== 'rows') return []
  const { of: what, key, time, from, to } = of.rows
  return [
    ...('table' in what ? flag('--table', what.table) : flag('--query', what.query)),
    ...flag('--key', key),
    ...flag('--time', time),
    ...flag('--from', from),
    ...flag('--to-time', to),
    ...flag('--map', typeof of.map === 'object' ? of.map.file : of.map),
  ]
}

const flag = (name: string, value: string | undefined): string[] =>
  value === undefined ? [] : [`${name} ${shellWord(value)}`]

/** With its user, but without the password. */
const typed = (place: Place): string => withLogin(formatAddress(place.address), place)

const withLogin = (shown: string, { credentials }: Pick<Place, 'credentials'>): string =>
  credentials === undefined ? shown : shown.replace('://', `://${encodeURIComponent(credentials.username)}@`)

import type { ReplayRequest } from '../../commands/requests.js'
import { formatAddress, type Place } from '../../core/address.js'
import { rateFlags, shellWord } from '../../core/command-words.js'
import { reachedBy } from '../run/command-again.js'

/** The command that runs the plan which a dry run has shown, without `--execute`; it holds no password. */
export const replayAgain = (request: ReplayRequest): string => {
  const { to, filter, zone, maxReplays } = request
  const words = [
    `spillway replay ${shellWord(ofWords(request))}`,
    `--to ${to === 'origin' ? to : shellWord(typed(to))}`,
    ...flag('--from', filter.from?.toISOString()),
    ...flag('--to-time', filter.to?.toISOString()),
    ...flag('--tz', zone === 'UTC' ? undefined : zone),
    ...(filter.keys ?? []).flatMap(key => flag('--only-key', key)),
    ...(filter.ids ?? []).flatMap(id => flag('--only-id', id)),
    ...flag('--ids', filter.idsFile === undefined ? undefined : `file:${filter.idsFile}`),
    ...(request.transactions ? [] : ['--no-transaction']),
    ...(request.consumersStopped ? ['--consumers-stopped'] : []),
    ...(request.provenance ? ['--provenance'] : []),
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

const ofWords = ({ of }: ReplayRequest): string =>
  of.kind === 'dead-letters' ? typed(of.place) : `${of.kind}:${of.run}`

const flag = (name: string, value: string | undefined): string[] =>
  value === undefined ? [] : [`${name} ${shellWord(value)}`]

/** With its user, but without the password. */
const typed = ({ address, credentials }: Place): string => {
  const shown = formatAddress(address)
  return credentials === undefined ? shown : shown.replace('://', `://${encodeURIComponent(credentials.username)}@`)
}

import type { DiscardRequest } from '../../commands/requests.js'
import { formatAddress } from '../../core/address.js'
import { rateFlags, shellWord } from '../../core/command-words.js'
import { defined } from '../../core/defined.js'
import type { DiscardPlan, DiscardScope } from '../../core/discard-plan.js'
import { reachedBy } from '../run/command-again.js'

/** The command that runs the plan which a dry run has shown, without `--execute`; it holds no password. */
export const discardAgain = (request: DiscardRequest, plan: DiscardPlan): string =>
  reachedBy(
    [
      `spillway discard ${shellWord(typed(request))}`,
      scopeFlag(plan.scope),
      ...flag('--max-messages', plan.maxMessages),
      ...kept(request),
      ...(request.freeDisk ? ['--free-disk'] : []),
      ...rateFlags(plan.rate),
      ...flag('--tz', request.zone),
      ...(plan.consumersStopped ? ['--consumers-stopped'] : []),
      ...(request.takeOver ? ['--take-over'] : []),
      ...flag('--confirm', plan.confirm),
    ].join(' '),
    defined({ config: request.config, management: request.management }),
  )

const scopeFlag = (scope: DiscardScope): string => {
  switch (scope.kind) {
    case 'all':
      return '--all'
    case 'older-than':
      return `--older-than ${shellWord(scope.age)}`
    case 'until':
      return `--until ${scope.before}`
    default:
      return scope satisfies never
  }
}

const kept = ({ archive }: DiscardRequest): string[] => {
  if (!archive.keep) return ['--no-archive']
  return flag('--archive', archive.folder)
}

const typed = ({ source: { address, credentials } }: DiscardRequest): string => {
  const shown = formatAddress(address)
  return credentials === undefined ? shown : shown.replace('://', `://${encodeURIComponent(credentials.username)}@`)
}

const flag = (name: string, value: string | number | undefined): string[] =>
  value === undefined ? [] : [`${name} ${shellWord(String(value))}`]

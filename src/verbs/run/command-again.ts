import type { Again, ApplyRequest, Common, DrainRequest, RestoreRequest } from '../../commands/requests.js'
import { type Credentials, formatAddress, type Place } from '../../core/address.js'
import { rateFlags, shellWord } from '../../core/command-words.js'
import { defined } from '../../core/defined.js'
import type { DrainPlan } from '../../core/plan.js'
import { isKafkaPlan } from '../../core/plan-names.js'
import { commandOf } from './plan-text.js'

/** The command that runs the plan which a dry run has shown, without `--execute`; a saved plan is run as it was reviewed. */
export function drainAgain(request: DrainRequest, plan: DrainPlan): string {
  const { save, queueType, diskFree } = request
  if (save !== undefined) return line([`spillway apply ${shellWord(save)}`, ...acting(request), ...logins(request)])
  return line([
    commandOf(asGiven(plan, request)),
    ...acting(request),
    ...text('--queue-type', queueType),
    ...[...diskFree].map(([node, bytes]) => `--disk-free ${node}=${bytes}B`),
  ])
}

/** The command that runs a saved plan as a dry run has shown it, without `--execute`. */
export const applyAgain = (request: ApplyRequest): string =>
  line([
    `spillway apply ${shellWord(request.file)}`,
    ...acting(request),
    ...addresses(request),
    ...rateFlags(request.rate),
    ...text('--max-drift', request.maxDriftPercent === undefined ? undefined : `${request.maxDriftPercent}%`),
  ])

/** The command that does what a dry run of `restore` has shown; `flags` are those that it needs beside its own. */
export const restoreAgain = (request: RestoreRequest, flags: string): string =>
  line([
    `spillway restore ${request.run}`,
    ...acting(request),
    ...addresses(request),
    ...text('--group', request.lanesGroup),
    ...rateFlags(request.rate),
    flags,
  ])

/** A plan of Kafka keeps no login: its ends with the users that the request has. */
function asGiven(plan: DrainPlan, { source, to }: DrainRequest): DrainPlan {
  if (!isKafkaPlan(plan)) return plan
  return {
    ...plan,
    source: withUser(plan.source, source.credentials),
    target: withUser(plan.target, to?.credentials),
  }
}

/** An address of Kafka, or a command with one, with its user in front of the brokers, never a password. */
export const withUser = (address: string, credentials: Credentials | undefined): string =>
  credentials === undefined
    ? address
    : address.replace('kafka://', `kafka://${encodeURIComponent(credentials.username)}@`)

/** A command on a run, or on a cluster, with the flags that a command was given to reach it. */
export const reachedBy = (command: string, given: Reaching): string =>
  line([command, ...reaching(given), ...logins(given)])

const line = (words: readonly string[]): string => words.join(' ')

/** What says how to reach the brokers, and is kept nowhere. */
export type Reaching = Pick<Common, 'config'> & Again & Pick<DrainRequest, 'to'>

const reaching = ({ config, management }: Reaching): string[] => [
  ...text('--config', config),
  ...text('--management', management),
]

/** A plan of Kafka keeps no login, so whoever reaches its ends again names the users. */
const logins = ({ source, target, to }: Reaching): string[] => {
  const withLogin = (place: Place | undefined) => (place && isLogin(place) ? place : undefined)
  return addresses(defined({ source: withLogin(source), target: withLogin(target ?? to) }))
}

const isLogin = ({ address, credentials }: Place): boolean =>
  address.kind === 'kafka' && address.cluster === undefined && credentials !== undefined

const acting = (given: Reaching & { readonly takeOver: boolean }): string[] => [
  ...reaching(given),
  ...(given.takeOver ? ['--take-over'] : []),
]

/** The ends, with their users but without passwords. */
const addresses = ({ source, target }: Again): string[] => [
  ...text('--source', source && addressOf(source)),
  ...text('--target', target && addressOf(target)),
]

const addressOf = ({ address, credentials }: Place): string => {
  const shown = formatAddress(address)
  return credentials === undefined ? shown : shown.replace('://', `://${encodeURIComponent(credentials.username)}@`)
}

const text = (flag: string, value: string | undefined): string[] =>
  value === undefined ? [] : [`${flag} ${shellWord(value)}`]

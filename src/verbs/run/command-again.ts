import type { Again, ApplyRequest, DrainRequest, RestoreRequest } from '../../commands/requests.js'
import { formatAddress } from '../../core/address.js'
import { rateFlags, shellWord } from '../../core/command-words.js'
import type { DrainPlan } from '../../core/plan.js'
import { commandOf } from './plan-text.js'

/** The command that runs the plan which a dry run has shown, without `--execute`; a saved plan is run as it was reviewed. */
export function drainAgain(request: DrainRequest, plan: DrainPlan): string {
  const { save, queueType, diskFree } = request
  if (save !== undefined) return line([`spillway apply ${shellWord(save)}`, ...reaching(request)])
  return line([
    commandOf(plan),
    ...reaching(request),
    ...text('--queue-type', queueType),
    ...[...diskFree].map(([node, bytes]) => `--disk-free ${node}=${bytes}B`),
  ])
}

/** The command that runs a saved plan as a dry run has shown it, without `--execute`. */
export const applyAgain = (request: ApplyRequest): string =>
  line([
    `spillway apply ${shellWord(request.file)}`,
    ...reaching(request),
    ...addresses(request),
    ...rateFlags(request.rate),
    ...text('--max-drift', request.maxDriftPercent === undefined ? undefined : `${request.maxDriftPercent}%`),
  ])

/** The command that does what a dry run of `restore` has shown; `flags` are those that it needs beside its own. */
export const restoreAgain = (request: RestoreRequest, flags: string): string =>
  line([
    `spillway restore ${request.run}`,
    ...reaching(request),
    ...addresses(request),
    ...text('--group', request.lanesGroup),
    flags,
  ])

const line = (words: readonly string[]): string => words.join(' ')

type Reaching = { readonly config?: string; readonly management?: string; readonly takeOver: boolean }

const reaching = ({ config, management, takeOver }: Reaching): string[] => [
  ...text('--config', config),
  ...text('--management', management),
  ...(takeOver ? ['--take-over'] : []),
]

/** The ends, without their logins, as everywhere. */
const addresses = ({ source, target }: Again): string[] => [
  ...text('--source', source && formatAddress(source.address)),
  ...text('--target', target && formatAddress(target.address)),
]

const text = (flag: string, value: string | undefined): string[] =>
  value === undefined ? [] : [`${flag} ${shellWord(value)}`]

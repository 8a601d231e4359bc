import type { RunbookRunRequest } from '../../commands/runbook.js'
import { maskAddress } from '../../core/address.js'
import { shellWord } from '../../core/command-words.js'

type Again = {
  readonly name: string
  readonly from?: string
  readonly record?: string
  readonly set: ReadonlyMap<string, string>
}

/** The command line that runs a runbook; a password in a value is shown as `***`. */
export const runbookCommandLine = (again: Again, { config }: Pick<RunbookRunRequest, 'config'>): string =>
  [
    'spillway runbook run',
    shellWord(again.name),
    ...[...again.set].map(([name, value]) => `--set ${name}=${shellWord(maskAddress(value))}`),
    ...(again.record === undefined ? [] : [`--record ${again.record}`]),
    ...(again.from === undefined ? [] : [`--from ${again.from}`]),
    ...(config === undefined ? [] : [`--config ${shellWord(config)}`]),
    '--execute',
  ].join(' ')

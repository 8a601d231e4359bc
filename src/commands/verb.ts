import { Command, Option } from 'commander'
import { defined } from '../core/defined.js'
import { suggestion } from '../core/did-you-mean.js'
import { parseDuration } from '../core/duration.js'
import type { Io, Presentation } from '../io.js'
import { oneOf } from './choice.js'
import { Problems } from './problems.js'
import type { Common } from './requests.js'

/** The flags that every verb takes, as commander hands them over. */
export type CommonFlags = {
  execute?: boolean
  output?: string
  config?: string
  reason?: string
  yes?: boolean
  color?: boolean
  quiet?: boolean
  verbose?: boolean
  wait?: string
}

/** Everything that a verb's parser may look at. `args` are positional; flags that were given empty are reported already. */
export type Given<Flags> = {
  readonly args: readonly string[]
  readonly flags: Flags & CommonFlags
  readonly common: Common
  readonly problems: Problems
}

/** Adds the common flags to a command; they work before the verb as well. */
export const withCommonFlags = (command: Command): Command =>
  command
    .optionsGroup('Common options:')
    .option('--execute', 'do it; without this flag nothing changes')
    .option('--output <format>', 'text or json: result on stdout, progress on stderr')
    .option('--config <file>', 'settings file instead of spillway.yaml')
    .option('--reason <text>', 'why, kept in the journal')
    .option('--yes', 'answer "go on?" with yes')
    .option('--wait <duration>', 'poll until a refusal that may clear has cleared (120s)')
    .option('--quiet', 'no progress')
    .option('--verbose', 'say where each setting comes from')
    .addOption(new Option('--no-color', 'plain text, also with NO_COLOR set'))

/** Exit codes of a verb that plans, and moves messages. */
export const EXITS_OF_MOVING = [
  '0 complete, or plan printed',
  '1 failed or unbalanced',
  '2 could not start',
  '3 parked',
  '4 refused',
  '130/143 stopped',
] as const

/** A verb's declaration: what the help shows. `after` holds examples and notes, `exits` the exit codes with their meaning. */
export type Declaration = {
  readonly name: string
  readonly summary: string
  readonly group: string
  readonly after: string
  readonly exits: readonly string[]
}

/** A command that keeps unknown flags and surplus arguments for `act`, which reports all problems at once. */
export const declare = ({ name, summary, group, after, exits }: Declaration): Command =>
  new Command(name)
    .description(summary)
    .helpGroup(group)
    .allowUnknownOption()
    .allowExcessArguments()
    .addHelpText('after', `\n${after}\n\nExit codes: ${exits.join(' · ').replaceAll('·', '|')}`)

type Action<Flags, Request> = {
  readonly io: Io
  readonly parse: (given: Given<Flags>) => Request | Promise<Request>
  readonly run: (request: Request, present: Presentation) => Promise<void>
}

/** Adds the common flags and the action: check the whole command line, then one lazy call. */
export const act = <Flags, Request>(command: Command, action: Action<Flags, Request>): Command =>
  withCommonFlags(command).action(async () => {
    const flags = flagsOf<Flags & CommonFlags>(command)
    const problems = new Problems()
    const args = operands(command, problems)
    emptyValues(command, problems)
    const common = commonOf(flags, problems)
    const request = await action.parse({ args, flags, common, problems })
    problems.raise()
    await action.run(request, presentationOf(flags, action.io))
  })

const ancestry = (command: Command): Command[] => (command.parent ? [...ancestry(command.parent), command] : [command])

// Flags given before the verb count too; the nearest wins, and a default never hides what was given.
const flagsOf = <Flags>(command: Command): Flags => {
  const merged: Record<string, unknown> = {}
  for (const level of ancestry(command))
    for (const [name, value] of Object.entries(level.opts()))
      if (level.getOptionValueSource(name) !== 'default' || !(name in merged)) merged[name] = value
  return merged as Flags
}

// Unknown flags land among the arguments; what follows one is likely its value, not a surplus argument.
const operands = (command: Command, problems: Problems): string[] => {
  const kept: string[] = []
  const known = command.options.flatMap(option => (option.long ? [option.long] : []))
  command.args.forEach((arg, i) => {
    if (/^-./.test(arg)) {
      const flag = arg.split('=')[0] ?? arg
      problems.add(flag, `unknown option ${flag}`, suggestion(flag, known, 'options'))
    } else if (!/^--[^=]+$/.test(command.args[i - 1] ?? '')) kept.push(arg)
  })
  const declared = command.registeredArguments
  if (!declared.some(argument => argument.variadic))
    for (const extra of kept.slice(declared.length))
      problems.add('argument', `"${extra}" is one too many`, `Expected: ${usage(command)}`)
  return kept
}

const usage = (command: Command): string =>
  [...ancestry(command).map(level => level.name()), ...command.registeredArguments.map(each => each.name())].join(' ')

const emptyValues = (command: Command, problems: Problems): void => {
  if (command.args.includes('')) problems.add('argument', 'an argument is empty', 'Is a variable of your shell unset?')
  for (const level of ancestry(command)) for (const option of level.options) emptyValue(level, option, problems)
}

const emptyValue = (command: Command, option: Option, problems: Problems): void => {
  const at = option.long ?? option.flags
  for (const value of [command.getOptionValue(option.attributeName())].flat()) {
    if (value === '') problems.add(at, 'the value is empty', 'Is a variable of your shell unset?')
    if (typeof value === 'string' && value.startsWith('--'))
      problems.add(at, `needs a value; "${value}" is a flag`, `Write ${option.flags}.`)
  }
}

const commonOf = (flags: CommonFlags, problems: Problems): Common => {
  problems.read('--output', flags.output, oneOf(['text', 'json']))
  if (flags.quiet && flags.verbose) problems.exclusive({ '--quiet': true, '--verbose': true })
  return {
    execute: flags.execute ?? false,
    yes: flags.yes ?? false,
    waitMs: problems.read('--wait', flags.wait, parseDuration) ?? 0,
    ...defined({ reason: flags.reason, config: flags.config }),
  }
}

/** How to present, from flags, environment and terminal (NO_COLOR: https://no-color.org). */
export const presentationOf = (flags: CommonFlags, io: Io): Presentation => ({
  format: flags.output === 'json' ? 'json' : 'text',
  color: flags.color !== false && !io.env.NO_COLOR && 'isTTY' in io.err && io.err.isTTY === true,
  quiet: flags.quiet ?? false,
  verbose: flags.verbose ?? false,
})

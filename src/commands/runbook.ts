import { Command } from 'commander'
import { suggestion } from '../core/did-you-mean.js'
import { checkRunId } from '../core/run-id.js'
import { UserError } from '../errors.js'
import type { Io } from '../io.js'
import type { Problems } from './problems.js'
import type { Common } from './requests.js'
import { act, declare, type Given, withCommonFlags } from './verb.js'

/** Name of a runbook, or path of one. */
export type RunbookRequest = Common & { readonly name: string }

export type RunbookRunRequest = RunbookRequest & {
  /** By name; parameters, and values that an earlier step kept. */
  readonly set: ReadonlyMap<string, string>
  /** Name or number of the first step to run. */
  readonly from?: string
  /** Id of the record to carry on. */
  readonly record?: string
}

type RunFlags = { set?: readonly string[]; from?: string; record?: string }

/** `spillway runbook list|show|run` */
export function runbookCommand(io: Io): Command {
  const runbook = new Command('runbook')
    .description('Written procedures, run step by step, with gates')
    .helpGroup('Move:')
  const verbs = [listCommand(io), showCommand(io), runCommand(io)]
  for (const verb of verbs) runbook.addCommand(verb)
  withCommonFlags(runbook)
  runbook.argument('[verb]').allowUnknownOption().allowExcessArguments()
  return runbook.action((word?: string) => {
    const verb = word?.startsWith('-') ? undefined : word
    const names = verbs.map(each => each.name())
    const hint = verb === undefined ? 'Write `spillway runbook list`.' : suggestion(verb, names, 'verbs')
    throw new UserError(verb === undefined ? 'runbook needs a verb' : `unknown command "runbook ${verb}"`, { hint })
  })
}

const listCommand = (io: Io): Command =>
  act<object, Common>(
    declare({
      name: 'list',
      summary: 'The runbooks that come along, those in ./runbooks, and records that are not finished',
      group: 'Runbook:',
      after: 'Example:\n  spillway runbook list',
      exits: ['0 done'],
    }),
    {
      io,
      parse: ({ common }) => common,
      run: async (_request, present) => (await import('../verbs/runbook.js')).runbookList(io, present),
    },
  )

const showCommand = (io: Io): Command =>
  act<object, RunbookRequest>(
    declare({
      name: 'show',
      summary: 'Print a runbook',
      group: 'Runbook:',
      after: 'Examples:\n  spillway runbook show backlog-kafka\n  spillway runbook show ./ours.md',
      exits: ['0 done', '2 no such runbook, or problems in it'],
    }).argument('[NAME]', 'name, or path of a file'),
    {
      io,
      parse: ({ args, common, problems }) => ({ ...common, name: nameOf(args[0], problems) }),
      run: async (request, present) => (await import('../verbs/runbook.js')).runbookShow(request, io, present),
    },
  )

const RUN = `Examples:
  spillway runbook run backlog-kafka --set handler='--exec ./handle.sh' \\
    --set source='kafka://localhost:9092/orders?group=billing'
  spillway runbook run backlog-kafka --record 20261121-0152-k3f9 \\
    --from drain --execute

Without --execute it prints the chain of commands and runs none of them; with it,
each step that changes something is asked about.`

const runCommand = (io: Io): Command =>
  act<RunFlags, RunbookRunRequest>(
    declare({
      name: 'run',
      summary: 'Show the steps of a runbook with its values, and with --execute run them',
      group: 'Runbook:',
      after: RUN,
      exits: ['0 complete', '1 failed on the way', '2 could not start', '4 a gate refuses', '130/143 stopped'],
    })
      .argument('[NAME]', 'name, or path of a file')
      .option('--set <name=value>', 'value of a parameter; once for each', collect)
      .option('--from <step>', 'begin at this step (name or number)')
      .option('--record <id>', 'carry this record on, with its values'),
    {
      io,
      parse: runRequest,
      run: async (request, present) => (await import('../verbs/runbook.js')).runbookRun(request, io, present),
    },
  )

const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value]

/** Throws a UserError with every problem of the command line. */
export const runRequest = ({ args, flags, common, problems }: Given<RunFlags>): RunbookRunRequest => {
  const set = valuesIn(flags.set ?? [], problems)
  const record = problems.read('--record', flags.record, checkRunId)
  return {
    ...common,
    name: nameOf(args[0], problems),
    set,
    ...(flags.from === undefined ? {} : { from: flags.from }),
    ...(record === undefined ? {} : { record }),
  }
}

const nameOf = (text: string | undefined, problems: Problems): string => {
  if (text !== undefined) return text
  problems.add('NAME', 'the runbook is missing', '`spillway runbook list` shows them.')
  return ''
}

function valuesIn(given: readonly string[], problems: Problems): ReadonlyMap<string, string> {
  const set = new Map<string, string>()
  for (const text of given) {
    const at = text.indexOf('=')
    const name = text.slice(0, at)
    const value = text.slice(at + 1)
    if (at < 1) problems.add('--set', `"${text}" gives no name a value`, 'Write --set NAME=VALUE.')
    else if (value === '') problems.add('--set', `${name} is empty`, 'Is a variable of your shell unset?')
    else if (set.has(name)) problems.add('--set', `${name} is given twice`, 'Give it once.')
    else set.set(name, value)
  }
  return set
}

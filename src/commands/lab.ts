import { Command } from 'commander'
import { suggestion } from '../core/did-you-mean.js'
import { UserError } from '../errors.js'
import type { Io } from '../io.js'
import { DEFAULT_NAME, type DownRequest } from '../lab/requests.js'
import { labFillCommand } from './lab-fill.js'
import { labName, upCommand } from './lab-up.js'
import { act, declare, withCommonFlags } from './verb.js'

type Named = { name?: string }
/** `spillway lab up|status|fill|down` */
export function labCommand(io: Io): Command {
  const lab = new Command('lab').description('Real local brokers and a database for a rehearsal').helpGroup('Practise:')
  const verbs = [upCommand(io), statusCommand(io), labFillCommand(io), downCommand(io)]
  for (const verb of verbs) lab.addCommand(verb)
  withCommonFlags(lab)
  // Flags of a misspelt verb are unknown here; the verb is what must be said.
  lab.argument('[verb]').allowUnknownOption().allowExcessArguments()
  return lab.action((word?: string) => {
    const verb = word?.startsWith('-') ? undefined : word
    const names = verbs.map(each => each.name())
    const hint = verb === undefined ? 'Write `spillway lab up`.' : suggestion(verb, names, 'verbs')
    throw new UserError(verb === undefined ? 'lab needs a verb' : `unknown command "lab ${verb}"`, { hint })
  })
}

const statusCommand = (io: Io): Command =>
  act<object, undefined>(
    declare({
      name: 'status',
      summary: 'The labs of this machine: address, version, brokers, ready or not',
      group: 'Lab:',
      after: 'Example:\n  spillway lab status --output json',
      exits: ['0 done'],
    }),
    {
      io,
      parse: () => undefined,
      run: async (_request, present) => (await import('../lab/status.js')).labStatus(io, present),
    },
  )

const downCommand = (io: Io): Command =>
  act<Named, DownRequest>(
    declare({
      name: 'down',
      summary: 'End a lab and remove its data',
      group: 'Lab:',
      after: 'Examples:\n  spillway lab down\n  spillway lab down --name secure\n\nEnds its own processes only.',
      exits: ['0 it is down', '2 could not start'],
    }).option('--name <name>', `name of the lab (${DEFAULT_NAME})`),
    {
      io,
      parse: ({ flags, problems }) => ({ name: problems.read('--name', flags.name, labName) ?? DEFAULT_NAME }),
      run: async (request, present) => (await import('../lab/down.js')).labDown(request, io, present),
    },
  )

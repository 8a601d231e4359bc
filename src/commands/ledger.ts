import { parseAddress } from '../core/address.js'
import { defined } from '../core/defined.js'
import type { Io } from '../io.js'
import type { LedgerRequest } from './ledger-request.js'
import { act, declare, type Given } from './verb.js'

type Flags = { key?: string; source?: string }

const AFTER = `Examples:
  spillway ledger orders/3/1234567             of Kafka: TOPIC/PARTITION/OFFSET
  spillway ledger orders/3/1234567 --key 4711  computes the partition of the copy
  spillway ledger order-4711                   of RabbitMQ: message-id, or sha256:...
  spillway ledger --key 4711                   what was parked or archived of a key

It reads the runs of this home, no broker. A run of a queue keeps no ids of what
it passes on: of those it says that they may have had it.`

/** `spillway ledger [ID...]` */
export const ledgerCommand = (io: Io) =>
  act<Flags, LedgerRequest>(
    declare({
      name: 'ledger',
      summary: 'What happened to a message, over all runs of this machine',
      group: 'Look:',
      after: AFTER,
      exits: ['0 found', '2 could not start', '3 not found for certain'],
    })
      .argument('[ID...]', 'TOPIC/PARTITION/OFFSET, a message-id, or sha256:...')
      .option('--key <key>', 'its key; alone: all that was kept of this key')
      .option('--source <address>', 'only runs of this topic, queue or cluster'),
    {
      io,
      parse: ledgerRequest,
      run: async (request, present) => (await import('../verbs/ledger.js')).ledger(request, io, present),
    },
  )

/** Throws a UserError with every problem of the command line. */
export const ledgerRequest = ({ args, flags, common, problems }: Given<Flags>): LedgerRequest => {
  if (args.length === 0 && flags.key === undefined)
    problems.add('ID', 'no message is named', 'Give an id, as orders/3/1234567, or --key.')
  const source = problems.read('--source', flags.source, parseAddress)
  return { ...common, ...defined({ key: flags.key, source }), ids: [...new Set(args)] }
}

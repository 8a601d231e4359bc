import { defined } from '../core/defined.js'
import { parseRate } from '../core/rate-text.js'
import type { Io } from '../io.js'
import type { RestoreRequest } from './requests.js'
import { againOf, runOf } from './run-argument.js'
import { act, declare, type Given } from './verb.js'

type Flags = {
  undo?: boolean
  grouplessReaders?: boolean
  takeOver?: boolean
  group?: string
  rate?: string
  source?: string
  target?: string
  management?: string
}

const AFTER = `Examples:
  spillway restore RUN                  what would be deleted, and what refuses it
  spillway restore RUN --execute        delete it; the originals may start
  spillway restore RUN --undo           give the backlog back, while that is safe
  spillway restore RUN --undo --no-groupless-readers --execute
  spillway restore RUN --undo --rate 5k --execute    of RabbitMQ, at most 5,000 messages a second

Nothing is deleted while one message of the temporary lanes is unread.`

/** `spillway restore RUN`, alias `finish` */
export const restoreCommand = (io: Io) =>
  act<Flags, RestoreRequest>(
    declare({
      name: 'restore',
      summary: 'Remove everything temporary, or give the backlog back with --undo',
      group: 'Move:',
      after: AFTER,
      exits: ['0 complete, or plan printed', '1 failed', '2 could not start', '4 refused'],
    })
      .alias('finish')
      .argument('[RUN]', 'id of the run')
      .option('--undo', 'the backlog back where it was, verified, then the temporary lanes deleted')
      .option('--no-groupless-readers', 'you confirm that nobody reads the temporary topic without a group')
      .option('--group <name>', 'group that worked the lanes (as planned)')
      .option('--rate <n>', 'with --undo of RabbitMQ: at most 500, 5k (messages) or 10MB (bytes) a second')
      .option('--source <address>', 'the source again, for its password')
      .option('--target <address>', 'the target again, for its password')
      .option('--management <url>', 'management API of RabbitMQ (http://HOST:15672)')
      .option('--take-over', 'take the lock of a runner on another host that is dead'),
    {
      io,
      parse: given => restoreRequest(given, io),
      run: async (request, present) => (await import('../verbs/restore.js')).restore(request, io, present),
    },
  )

/** Throws a UserError with every problem of the command line. */
export const restoreRequest = async (given: Given<Flags>, io: Io): Promise<RestoreRequest> => {
  const { args, flags, common, problems } = given
  // Commander turns `--no-x` into `x: false`.
  const noGrouplessReaders = flags.grouplessReaders === false
  if (noGrouplessReaders && !flags.undo) problems.add('--no-groupless-readers', 'belongs to --undo', 'Add --undo.')
  if (flags.rate !== undefined && !flags.undo)
    problems.add('--rate', 'belongs to --undo: nothing else moves messages', 'Add --undo, or leave it out.')
  const rate = problems.read('--rate', flags.rate, parseRate)
  return {
    ...common,
    ...againOf(flags, problems),
    ...defined({ lanesGroup: flags.group, rate }),
    undo: flags.undo ?? false,
    noGrouplessReaders,
    takeOver: flags.takeOver ?? false,
    run: await runOf(args[0], problems, io),
  }
}

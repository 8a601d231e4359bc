import type { Io } from '../io.js'
import type { ReportRequest } from './requests.js'
import { againOf, runOf } from './run-argument.js'
import { act, declare, type Given } from './verb.js'

type Flags = { verify?: boolean; commands?: boolean; source?: string; target?: string; management?: string }

const AFTER = `Examples:
  spillway report RUN
  spillway report RUN --verify      read the target back and compare
  spillway report RUN --commands    commands of other tools that confirm it`

/** `spillway report RUN` */
export const reportCommand = (io: Io) =>
  act<Flags, ReportRequest>(
    declare({
      name: 'report',
      summary: 'Balance sheet and timeline of a run',
      group: 'Look:',
      after: AFTER,
      exits: [
        '0 balanced',
        '1 unbalanced',
        '2 could not start',
        '3 parked messages are left',
        '4 --verify of a run at work',
      ],
    })
      .argument('[RUN]', 'id of the run')
      .option('--verify', 'read the target back; compare counts and hash sums')
      .option('--commands', 'print commands of other tools that confirm it')
      .option('--source <address>', 'the source again, for its password')
      .option('--target <address>', 'the target again, for its password')
      .option('--management <url>', 'management API of RabbitMQ (http://HOST:15672)'),
    {
      io,
      parse: given => reportRequest(given, io),
      run: async (request, present) => (await import('../verbs/report.js')).report(request, io, present),
    },
  )

/** Throws a UserError with every problem of the command line. */
export const reportRequest = async (given: Given<Flags>, io: Io): Promise<ReportRequest> => {
  const { args, flags, common, problems } = given
  return {
    ...common,
    ...againOf(flags, problems),
    verify: flags.verify ?? false,
    commands: flags.commands ?? false,
    run: await runOf(args[0], problems, io),
  }
}

import { parsePercent } from '../core/count.js'
import { defined } from '../core/defined.js'
import { parseRate } from '../core/rate-text.js'
import type { Io } from '../io.js'
import type { ApplyRequest } from './requests.js'
import { againOf } from './run-argument.js'
import { act, declare, type Given } from './verb.js'

type Flags = {
  rate?: string
  maxDrift?: string
  takeOver?: boolean
  source?: string
  target?: string
  management?: string
}

const AFTER = `Examples:
  spillway apply plan.json              show planned / now, change nothing
  spillway apply plan.json --execute    run it

Refused (4) where the file was edited or the cluster is no longer the one it was planned for.`

/** `spillway apply FILE` */
export const applyCommand = (io: Io) =>
  act<Flags, ApplyRequest>(
    declare({
      name: 'apply',
      summary: 'Run a saved plan',
      group: 'Move:',
      after: AFTER,
      exits: [
        '0 complete, or plan shown',
        '1 failed or unbalanced',
        '2 could not start',
        '3 parked',
        '4 refused',
        '130/143 stopped',
      ],
    })
      .argument('[FILE]', 'plan written by `drain --save`')
      .option('--rate <n>', 'another limit than the plan has')
      .option('--max-drift <percent>', 'growth since the plan that is still accepted (as planned)')
      .option('--source <address>', 'the source again, for its password')
      .option('--target <address>', 'the target again, for its password')
      .option('--management <url>', 'management API of RabbitMQ (http://HOST:15672)')
      .option('--take-over', 'take the lock of a runner on another host that is dead'),
    {
      io,
      parse: applyRequest,
      run: async (request, present) => (await import('../verbs/apply.js')).apply(request, io, present),
    },
  )

/** Throws a UserError with every problem of the command line. */
export const applyRequest = ({ args, flags, common, problems }: Given<Flags>): ApplyRequest => ({
  ...common,
  ...againOf(flags, problems),
  ...defined({
    rate: problems.read('--rate', flags.rate, parseRate),
    maxDriftPercent: problems.read('--max-drift', flags.maxDrift, parsePercent),
  }),
  takeOver: flags.takeOver ?? false,
  file: problems.finish('FILE', args[0] || undefined),
})

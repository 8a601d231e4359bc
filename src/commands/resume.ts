import { defined } from '../core/defined.js'
import { parseRate } from '../core/rate-text.js'
import { checkRunId } from '../core/run-id.js'
import { WINDOW_OVER } from '../core/window.js'
import type { Io } from '../io.js'
import { parseSource } from './addresses.js'
import type { ResumeRequest } from './requests.js'
import { againOf, runOf } from './run-argument.js'
import { act, declare, type Given } from './verb.js'

type Flags = {
  adopt?: string
  afterAbort?: boolean
  ignore?: readonly string[]
  ignoreWindow?: boolean
  rate?: string
  takeOver?: boolean
  source?: string
  target?: string
  management?: string
}

const AFTER = `Examples:
  spillway resume RUN                       lift a hold, or carry on a dead run
  spillway resume RUN --after-abort
  spillway resume --adopt prod/orders?group=billing    the folder is lost

It acts at once: the run was approved when it began.`

/** `spillway resume [RUN]` */
export const resumeCommand = (io: Io) =>
  act<Flags, ResumeRequest>(
    declare({
      name: 'resume',
      summary: "Lift an operator's hold, or carry on a dead, failed or stopped run",
      group: 'Steer:',
      after: AFTER,
      exits: ['0 complete', '1 failed or unbalanced', '2 could not start', '3 parked', '4 refused', '130/143 stopped'],
    })
      .argument('[RUN]', 'id of the run')
      .option('--adopt <source>', 'carry on the run that claims this group, without its folder')
      .option('--after-abort', 'carry on a run that was aborted')
      .option('--ignore <reason>', 'ignore this reason for a hold (repeatable)', collect)
      .option('--ignore-window', 'a nightly replay: go on outside of its hours')
      .option('--rate <n>', 'from now on at most 500, 5k (messages) or 10MB (bytes) a second')
      .option('--source <address>', 'the source again, for its password')
      .option('--target <address>', 'the target again, for its password')
      .option('--management <url>', 'management API of RabbitMQ (http://HOST:15672)')
      .option('--take-over', 'take the lock of a runner on another host that is dead'),
    {
      io,
      parse: given => resumeRequest(given, io),
      run: async (request, present) => (await import('../verbs/resume.js')).resume(request, io, present),
    },
  )

const collect = (value: string, before: readonly string[] = []): string[] => [...before, value]

/** Throws a UserError with every problem of the command line. */
export const resumeRequest = async (given: Given<Flags>, io: Io): Promise<ResumeRequest> => {
  const { args, flags, common, problems } = given
  const adopt = problems.read('--adopt', flags.adopt, parseSource)
  if (flags.adopt && args[0]) problems.exclusive({ RUN: args[0], '--adopt': flags.adopt })
  const again = againOf(flags, problems)
  const rate = problems.read('--rate', flags.rate, parseRate)
  const run = flags.adopt ? problems.read('RUN', args[0], checkRunId) : await runOf(args[0], problems, io)
  return {
    ...common,
    ...again,
    ...defined({ run, adopt, rate }),
    afterAbort: flags.afterAbort ?? false,
    ignore: [...(flags.ignore ?? []), ...(flags.ignoreWindow ? [WINDOW_OVER] : [])],
    takeOver: flags.takeOver ?? false,
  }
}

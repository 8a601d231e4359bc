import { suggestion } from '../core/did-you-mean.js'
import type { Rate } from '../core/plan.js'
import { parseRate } from '../core/rate-text.js'
import { UserError } from '../errors.js'
import type { Io } from '../io.js'
import type { SetRequest } from './requests.js'
import { runOf } from './run-argument.js'
import { act, declare, type Given } from './verb.js'

const AFTER = `Examples:
  spillway set RUN rate=5k
  spillway set RUN rate=10MB
  spillway set RUN rate=unlimited

A live run obeys within a second.`

/** `spillway set RUN rate=N` */
export const setCommand = (io: Io) =>
  act<object, SetRequest>(
    declare({
      name: 'set',
      summary: 'Change the rate of a live run',
      group: 'Steer:',
      after: AFTER,
      exits: ['0 done', '2 could not start', '4 refused'],
    })
      .argument('[RUN]', 'id of the run')
      .argument('[SETTING]', 'rate=500, rate=5k, rate=10MB or rate=unlimited'),
    {
      io,
      parse: given => setRequest(given, io),
      run: async (request, present) => (await import('../verbs/set.js')).set(request, io, present),
    },
  )

/** Throws a UserError with every problem of the command line. */
export const setRequest = async ({ args, common, problems }: Given<object>, io: Io): Promise<SetRequest> => {
  const rate = problems.read('SETTING', args[1], parseSetting)
  const run = await runOf(args[0], problems, io)
  return { ...common, run, rate: problems.finish('SETTING (rate=N)', rate) }
}

const parseSetting = (text: string): Rate | 'unlimited' => {
  const [name = '', ...value] = text.split('=')
  if (name !== 'rate')
    throw new UserError(`unknown setting "${name}"`, { hint: suggestion(name, ['rate'], 'settings') })
  return value.join('=') === 'unlimited' ? 'unlimited' : parseRate(value.join('='))
}

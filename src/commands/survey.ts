import { parseCount } from '../core/count.js'
import { defined } from '../core/defined.js'
import { parseDuration } from '../core/duration.js'
import { parseRate } from '../core/rate-text.js'
import { UserError } from '../errors.js'
import type { Io } from '../io.js'
import { parseManagement, parseSource } from './addresses.js'
import type { SurveyRequest } from './requests.js'
import { act, declare, type Given } from './verb.js'

type Flags = { watch?: boolean; window?: string; sample?: string; serviceRate?: string; downstreamCap?: string } & {
  management?: string
}

const AFTER = `Examples:
  spillway survey kafka://localhost:9092/orders?group=billing
  spillway survey prod/orders?group=billing --window 30s
  spillway survey prod/orders?group=billing --watch
  spillway survey amqp://ops@localhost//orders

It only reads: it joins no group, commits nothing, consumes nothing, creates nothing.
Put the address in quotes where your shell expands "?".`

/** `spillway survey SOURCE…` */
export const surveyCommand = (io: Io) =>
  act<Flags, SurveyRequest>(
    declare({
      name: 'survey',
      summary: 'How much is stuck, since when, what is lost first, and the ways out',
      group: 'Look:',
      after: AFTER,
      exits: ['0 done', '2 could not start'],
    })
      .argument('[SOURCE...]', 'kafka://host/TOPIC?group=G, amqp://host/VHOST/QUEUE, NAME/TOPIC?group=G or NAME/QUEUE')
      .option('--watch', 'measure again and redraw until Ctrl-C')
      .option('--window <duration>', 'how long rates are measured (10s)')
      .option('--sample <n>', 'records read for sizes and key skew (20k)')
      .option('--service-rate <n>', 'what the repaired consumers handle together, a second; for a stopped group')
      .option('--downstream-cap <n>', 'what the systems behind them bear, a second (unknown)')
      .option('--management <url>', 'management API of RabbitMQ (http://HOST:15672)'),
    {
      io,
      parse: surveyRequest,
      run: async (request, present) => (await import('../verbs/survey.js')).survey(request, io, present),
    },
  )

/** Throws a UserError with every problem of the command line. */
export const surveyRequest = ({ args, flags, common, problems }: Given<Flags>): SurveyRequest => {
  const windowMs = problems.read('--window', flags.window, parseDuration) ?? 10_000
  const sample = problems.read('--sample', flags.sample, parseCount) ?? 20_000
  const sources = args.map(arg => problems.read('SOURCE', arg, parseSource)).filter(place => place !== undefined)
  problems.finish('SOURCE', sources[0])
  const serviceRate = problems.read('--service-rate', flags.serviceRate, parseMessageRate)
  const downstreamCap = problems.read('--downstream-cap', flags.downstreamCap, parseMessageRate)
  const management = problems.read('--management', flags.management, parseManagement)
  const given = defined({ serviceRate, downstreamCap, management })
  return { ...common, sources, watch: flags.watch ?? false, windowMs, sample, ...given }
}

const parseMessageRate = (text: string): number => {
  const { messages } = parseRate(text)
  if (messages !== undefined) return messages
  throw new UserError(`"${text}" is in bytes`, { hint: 'Write messages a second: 500 or 5k.' })
}

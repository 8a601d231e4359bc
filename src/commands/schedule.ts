import { Command, Option } from 'commander'
import { suggestion } from '../core/did-you-mean.js'
import type { NightWindow } from '../core/window.js'
import { UserError } from '../errors.js'
import type { Io } from '../io.js'
import { oneOf } from './choice.js'
import { replayOptions } from './replay.js'
import { type ReplayFlags, replayRequest } from './replay-request.js'
import type { ReplayRequest } from './requests.js'
import { act, declare, type Given, withCommonFlags } from './verb.js'

/** A nightly replay to be written down as a unit. */
export type ScheduleRequest = {
  readonly replay: ReplayRequest & { readonly window: NightWindow }
  readonly as: 'cron' | 'systemd' | 'kubernetes'
  readonly image?: string
}

type Flags = ReplayFlags & { as?: string; image?: string }

const AFTER = `Examples:
  spillway schedule replay postgres://reader@replica/shop --table orders --key id --time created_at --day yesterday \\
    --window 00:30-05:00 --tz Asia/Shanghai --to kafka://host:9092/orders --carry-over --as systemd
  spillway schedule replay archive:RUN --to origin --window 00:30-05:00 --tz Europe/Berlin --carry-over --as cron

It prints and installs nothing. No password is in what it prints.`

/** `spillway schedule replay FROM …` */
export function scheduleCommand(io: Io): Command {
  const schedule = new Command('schedule')
    .description('Print the unit that runs a replay every night')
    .helpGroup('Move:')
    .addCommand(replayOf(io))
  withCommonFlags(schedule)
  schedule.argument('[verb]').allowUnknownOption().allowExcessArguments()
  return schedule.action((word?: string) => {
    const verb = word?.startsWith('-') ? undefined : word
    const hint = verb === undefined ? 'Write `spillway schedule replay FROM …`.' : suggestion(verb, ['replay'], 'verbs')
    throw new UserError(verb === undefined ? 'schedule needs a verb' : `unknown command "schedule ${verb}"`, { hint })
  })
}

const replayOf = (io: Io): Command =>
  act<Flags, ScheduleRequest>(
    replayOptions(
      declare({
        name: 'replay',
        summary: 'Print the cron lines, systemd units or CronJob that run this replay every night',
        group: 'Move:',
        after: AFTER,
        exits: ['0 printed', '2 a flag is wrong or missing'],
      }),
    )
      .addOption(new Option('--as <kind>', 'cron, systemd or kubernetes'))
      .option('--image <image>', 'kubernetes: the image, with spillway in it'),
    {
      io,
      parse: given => scheduleRequest(given, io.now()),
      run: async (request, present) => (await import('../verbs/schedule.js')).schedule(request, io, present),
    },
  )

/** Throws a UserError with every problem of the command line. */
export function scheduleRequest(given: Given<Flags>, now: Date): ScheduleRequest {
  const { flags, problems } = given
  const as = problems.read('--as', flags.as, oneOf(['cron', 'systemd', 'kubernetes'] as const))
  if (flags.as === undefined) problems.add('--as', 'is missing', 'Write --as cron, systemd or kubernetes.')
  if (flags.window === undefined)
    problems.add('--window', 'is missing', 'Say in which hours it may work: --window 00:30-05:00 --tz Asia/Shanghai.')
  else if (!/^\s*\d\d:\d\d\s*-/.test(flags.window))
    problems.add('--window', 'begins at a second; schedulers know minutes', 'Write --window 00:30-05:00.')
  if (flags.sample !== undefined) problems.add('--sample', 'only looks', 'Leave it away.')
  if (flags.image !== undefined && flags.as !== 'kubernetes')
    problems.add('--image', 'is for --as kubernetes', 'Leave it away.')
  const replay = replayRequest(given, now)
  const { window } = replay
  return {
    replay: { ...replay, window: problems.finish('--window', window) },
    as: problems.finish('--as', as),
    ...(flags.image === undefined ? {} : { image: flags.image }),
  }
}

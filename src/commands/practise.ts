import { parseCount } from '../core/count.js'
import type { Io } from '../io.js'
import type { FailpointsRequest, RehearseRequest } from './requests.js'
import { act, declare, type Given } from './verb.js'

type Flags = { records?: string; keep?: boolean }

const REHEARSE = `Example:
  spillway rehearse --records 1M

Starts a real Kafka on this machine, fills a backlog, then survey, plan, drain, report, restore.`

/** `spillway rehearse` */
export const rehearseCommand = (io: Io) =>
  act<Flags, RehearseRequest>(
    declare({
      name: 'rehearse',
      summary: 'The whole playbook on a real broker of this machine',
      group: 'Practise:',
      after: REHEARSE,
      exits: ['0 complete', '1 failed or unbalanced', '2 could not start'],
    })
      .option('--records <n>', 'backlog to build (1M)')
      .option('--keep', 'leave the lab running afterwards'),
    {
      io,
      parse: rehearseRequest,
      run: async (request, present) => (await import('../verbs/rehearse.js')).rehearse(request, io, present),
    },
  )

/** Throws a UserError with every problem of the command line. */
export const rehearseRequest = ({ flags, common, problems }: Given<Flags>): RehearseRequest => ({
  ...common,
  records: problems.read('--records', flags.records, parseCount) ?? 1_000_000,
  keep: flags.keep ?? false,
})

/** `spillway failpoints` */
export const failpointsCommand = (io: Io) =>
  act<object, FailpointsRequest>(
    declare({
      name: 'failpoints',
      summary: 'Points at which SPILLWAY_FAILPOINT=name[:n] kills the process, for crash tests',
      group: 'Practise:',
      after: 'Example:\n  spillway failpoints --output json',
      exits: ['0 done'],
    }),
    {
      io,
      parse: ({ common }) => common,
      run: async (request, present) => (await import('../verbs/failpoints.js')).failpoints(request, io, present),
    },
  )

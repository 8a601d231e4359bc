import { defined } from '../core/defined.js'
import type { Io } from '../io.js'
import { parseCluster, parseManagement } from './addresses.js'
import type { RunsRequest } from './requests.js'
import { act, declare, type Given } from './verb.js'

type Flags = { cluster?: string; management?: string }

const AFTER = `Examples:
  spillway runs
  spillway runs --cluster prod
  spillway runs --cluster kafka://localhost:9092`

/** `spillway runs` */
export const runsCommand = (io: Io) =>
  act<Flags, RunsRequest>(
    declare({
      name: 'runs',
      summary: 'The runs of this machine, or the claims and temporary lanes of a cluster',
      group: 'Look:',
      after: AFTER,
      exits: ['0 done', '2 could not start'],
    })
      .option('--cluster <cluster>', 'ask this cluster, whoever made them')
      .option('--management <url>', 'management API of RabbitMQ (http://HOST:15672)'),
    {
      io,
      parse: runsRequest,
      run: async (request, present) => (await import('../verbs/runs.js')).runs(request, io, present),
    },
  )

/** Throws a UserError with every problem of the command line. */
export const runsRequest = ({ flags, common, problems }: Given<Flags>): RunsRequest => ({
  ...common,
  ...defined({
    cluster: problems.read('--cluster', flags.cluster, parseCluster),
    management: problems.read('--management', flags.management, parseManagement),
  }),
})

import type { Io } from '../io.js'
import type { AbortRequest, PauseRequest, StatusRequest } from './requests.js'
import { runOf } from './run-argument.js'
import { act, declare, type Given } from './verb.js'

/** `spillway status RUN` */
export const statusCommand = (io: Io) =>
  act<object, StatusRequest>(
    declare({
      name: 'status',
      summary: 'Where a run stands, live or dead; may the originals start?',
      group: 'Look:',
      after: 'Examples:\n  spillway status RUN\n  spillway status RUN --output json',
      exits: ['0 done', '2 could not start'],
    }).argument('[RUN]', 'id of the run'),
    {
      io,
      parse: given => runRequest(given, io),
      run: async (request, present) => (await import('../verbs/status.js')).status(request, io, present),
    },
  )

/** `spillway pause RUN` */
export const pauseCommand = (io: Io) =>
  act<object, PauseRequest>(
    declare({
      name: 'pause',
      summary: 'Hold a live run until `resume`',
      group: 'Steer:',
      after: 'Example:\n  spillway pause RUN --reason "disk of broker 2"\n\nA live run obeys within a second.',
      exits: ['0 done', '2 could not start', '4 refused'],
    }).argument('[RUN]', 'id of the run'),
    {
      io,
      parse: given => runRequest(given, io),
      run: async (request, present) => (await import('../verbs/pause.js')).pause(request, io, present),
    },
  )

const ABORT = `Example:
  spillway abort RUN --reason "wrong topic"

Settles what is in hand; deletes nothing, undoes nothing.
Prints the commands to restore and to undo.`

/** `spillway abort RUN` */
export const abortCommand = (io: Io) =>
  act<object, AbortRequest>(
    declare({
      name: 'abort',
      summary: 'Stop a run for good',
      group: 'Steer:',
      after: ABORT,
      exits: ['0 done', '2 could not start', '4 refused'],
    }).argument('[RUN]', 'id of the run'),
    {
      io,
      parse: given => runRequest(given, io),
      run: async (request, present) => (await import('../verbs/abort.js')).abort(request, io, present),
    },
  )

/** The request of a verb that takes a run and nothing else. Throws a UserError that lists the runs where it is missing. */
export const runRequest = async ({ args, common, problems }: Given<object>, io: Io): Promise<StatusRequest> => ({
  ...common,
  run: await runOf(args[0], problems, io),
})

import { RunError } from '../../../errors.js'

/** The end of a run whose queue somebody deleted. */
export const queueDeleted = (queue: string): RunError =>
  new RunError(`Queue ${queue} was deleted while its messages were handled`, {
    code: 'queue-gone',
    hint: 'Find out who deleted it: what it still held is only to be had from elsewhere. What was handled is settled.',
  })

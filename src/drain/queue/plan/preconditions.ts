import type { QueueBacklog } from '../../../core/queue-survey.js'
import { UserError } from '../../../errors.js'
import type { QueueDrainOptions } from './options.js'

const KEYS = 'Write --key routing-key, --key header:NAME or --key property:NAME.'
// Two digits are usual, a node bears tens of thousands of queues; more than this is a slip of the keyboard.
const MOST_LANES = 1000

/** What no plan can be drawn from. Throws UserError (exit 2): a queue that can't be drained, or flags that contradict. */
export const checkQueuePreconditions = (survey: QueueBacklog, options: QueueDrainOptions): void => {
  checkSource(survey)
  checkLanes(options)
  checkOrder(survey, options)
  if (options.first !== undefined && (!Number.isSafeInteger(options.first) || options.first < 1))
    throw new UserError(`--first ${options.first} is not a whole number above zero`, { hint: 'Write --first 1000.' })
}

/** Throws UserError for a queue that no run may work on. */
export const checkSource = ({ queue }: QueueBacklog): void => {
  if (queue.type === 'stream')
    throw new UserError(`${queue.name} is a stream: reading does not empty it, so there is nothing to drain`, {
      code: 'stream',
      hint: 'Give its readers more consumers: each reads at its own offset.',
    })
  if (queue.exclusive === true)
    throw new UserError(`${queue.name} is exclusive: only the connection that made it may read it`, {
      code: 'exclusive',
      hint: 'Drain a queue that outlives its consumers.',
    })
  if (queue.name.startsWith('spillway.lock.'))
    throw new UserError(`${queue.name} is the lock of a run`, { hint: 'Drain a queue of your own.' })
}

const checkLanes = ({ factor, lanes }: QueueDrainOptions): void => {
  if (factor !== undefined && lanes !== undefined)
    throw new UserError('--factor and --lanes exclude each other', { hint: 'On a queue they mean the same: give one.' })
  const count = lanes ?? factor ?? 10
  const flag = lanes === undefined ? '--factor' : '--lanes'
  if (!Number.isSafeInteger(count) || count < 1)
    throw new UserError(`${flag} ${count} is not a whole number above zero`, { hint: `Write ${flag} 10.` })
  if (count > MOST_LANES)
    throw new UserError(`${flag} ${count} is more than ${MOST_LANES} temporary queues`, {
      hint: 'A few times the consumers that you can run is enough.',
    })
}

const checkOrder = ({ queue }: QueueBacklog, { order, key }: QueueDrainOptions): void => {
  if (order === 'key' && key === undefined)
    throw new UserError('--order key needs to know what the key is', { hint: KEYS })
  if (order === 'none' && key !== undefined)
    throw new UserError('--order none and --key exclude each other', { hint: 'Leave one of them out.' })
  if (queue.settings.singleActiveConsumer?.value === true && order === undefined && key === undefined)
    throw new UserError(`${queue.name} has a single active consumer: its order may matter, so choose`, {
      code: 'order',
      hint: `${KEYS} Or give the order up with --order none.`,
    })
}

import { formatCount } from '../../core/quantity.js'
import type { FanoutDraft } from '../plan.js'

/** How often a handler may see a message again, in words, and on what condition. */
export const duplicatesInWords = ({ system, maxAhead, order, lanes }: FanoutDraft): string => {
  const what = 'At least once: 0 in a run that is not cut off, retries aside'
  if (system === 'rabbitmq')
    return `${what}; after a crash the handler sees again what it had done and what was not acked yet, at most ${formatCount(maxAhead)} messages a queue`
  const ahead =
    order === 'lane' ? 'what was done and not committed' : `at most ${formatCount(maxAhead)} messages a lane`
  return `${what}; after a crash it sees again ${ahead}, of the ${formatCount(lanes.length)} lanes those that were in work`
}

import { formatCount } from '../../core/quantity.js'
import { lanesAtOnce, PAGE_MESSAGES } from '../limits.js'
import type { ReplayDraft } from '../plan.js'

/** What may be at the target twice, in words. */
export const duplicatesInWords = (plan: ReplayDraft): string => [ofSending(plan), ...ofArchive(plan)].join('; ')

function ofSending({ guarantee, lanes, from }: ReplayDraft): string {
  const [page, most] = [formatCount(PAGE_MESSAGES), formatCount(PAGE_MESSAGES * lanesAtOnce(lanes.length))]
  switch (guarantee) {
    case 'transactions':
      if (isQueue(from)) return `after a kill up to ${page}: what was sent and not yet acked at the queue`
      return 'none for read_committed readers, whatever is killed: the position moves in the transaction that holds the messages; read_uncommitted readers may see twice what was in flight at a crash'
    case 'idempotent':
      return `after a kill up to ${page} a lane, ${most} in all: what was sent since the last journalled position; none while it runs, but where Kafka did not answer for 30 s`
    case 'confirms':
      return `after a kill up to ${page} a lane, ${most} in all: what was sent since the last journalled position; and what was unconfirmed when a connection was lost`
    default:
      return guarantee satisfies never
  }
}

/** Dead letters of RabbitMQ: the queue knows no position. */
const isQueue = (from: ReplayDraft['from']): boolean => from.kind === 'dead-letters' && from.system === 'rabbitmq'

const ofArchive = ({ doubted = 0n }: ReplayDraft): string[] =>
  doubted === 0n ? [] : [`${formatCount(doubted)} that the archive has beyond those that were let go`]

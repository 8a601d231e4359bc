import type { DiscardPlan } from '../../../core/discard-plan.js'

/** Messages that may be unacked at most; their size asks for fewer. A sync takes as long as some thousands of small ones, and the broker is to go on meanwhile. */
const MOST_SMALL = 4000
const MOST = 2000
const SMALL = 4 << 10
const IN_FLIGHT = 64 << 20

/** Classic queues write acks down after 32,768 entries of their journal (queue_index_max_journal_entries), so a crash forgets no more; and what is read of them in seconds. */
const FORGOTTEN = 40_000
const READ_BACK = 512 << 20

/** How many messages of a plan may be unacked: by their average size, as far as it is known; what comes tells more. */
export function mostFor({ expect }: Pick<DiscardPlan, 'expect'>): number {
  const each = averageOf(expect)
  return Math.max(1, Math.min(each < SMALL ? MOST_SMALL : MOST, Math.floor(IN_FLIGHT / Math.max(1, each))))
}

/** How many acks of a plan's messages a server that crashes may have forgotten, as far as they are looked for. */
export const mostForgotten = ({ expect }: Pick<DiscardPlan, 'expect'>): number =>
  Math.min(FORGOTTEN, Math.floor(READ_BACK / Math.max(1, averageOf(expect))))

const averageOf = ({ messages, bytes }: DiscardPlan['expect']): number => (messages > 0n ? Number(bytes / messages) : 0)

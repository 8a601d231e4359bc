import type { DiscardPlan } from '../../../core/discard-plan.js'

/** Messages that may be unacked at most; their size asks for fewer. A sync takes as long as some thousands of small ones, and the broker is to go on meanwhile. */
const MOST_SMALL = 10_000
const MOST = 2000
const SMALL = 4 << 10
const IN_FLIGHT = 64 << 20

/** How many messages of a plan may be unacked: by their average size, as far as it is known; what comes tells more. */
export function mostFor({ expect: { messages, bytes } }: Pick<DiscardPlan, 'expect'>): number {
  const each = messages > 0n ? Number(bytes / messages) : 0
  return Math.max(1, Math.min(each < SMALL ? MOST_SMALL : MOST, Math.floor(IN_FLIGHT / Math.max(1, each))))
}

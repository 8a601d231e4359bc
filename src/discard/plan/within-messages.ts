import type { DiscardLane } from '../../core/discard-plan.js'

/**
 * The lanes, cut so that at most `most` messages go in all: each gives up its share, in proportion to what it has. The time of the last message
 * of a lane that is cut is unknown. All of them where `most` is absent. Pure.
 */
export const withinMessages = (lanes: readonly DiscardLane[], most: number | undefined): readonly DiscardLane[] => {
  const all = lanes.reduce((sum, { messages }) => sum + messages, 0n)
  if (most === undefined || all <= BigInt(most)) return lanes
  let left = BigInt(most)
  const shares = lanes.map(({ messages }) => (messages * BigInt(most)) / all)
  left -= shares.reduce((sum, share) => sum + share, 0n)
  return lanes.map((lane, at) => {
    const share = shares[at] ?? 0n
    const more = left > 0n && share < lane.messages ? 1n : 0n
    left -= more
    return cut(lane, share + more)
  })
}

const cut = (lane: DiscardLane, messages: bigint): DiscardLane => {
  if (messages === lane.messages) return lane
  const { last: _unknown, first, ...rest } = lane
  const to = String(BigInt(lane.from) + messages)
  return { ...rest, ...(first === undefined || messages === 0n ? {} : { first }), to, messages }
}

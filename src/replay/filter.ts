import type { Message } from '../core/message.js'
import type { ReplayFilter } from '../core/replay-plan.js'
import { UserError } from '../errors.js'
import type { ReplayChunk, ReplayItem, ReplayLane } from './ports.js'

/** Whether a message is one of those that were asked for. */
export type Wanted = (message: Message) => boolean

const BASE64 = 'base64:'

/** The bytes of a key as it was typed: text, or `base64:…` for what is none. Throws UserError. */
export function keyBytes(text: string): Buffer {
  if (!text.startsWith(BASE64)) return Buffer.from(text)
  const digits = text.slice(BASE64.length)
  if (/^[A-Za-z0-9+/]*={0,2}$/.test(digits) && digits.length % 4 === 0) return Buffer.from(digits, 'base64')
  throw new UserError(`"${text}" is no base64`, {
    hint: 'Write the key as text, or as base64: and its bytes in base64.',
  })
}

/** The test of a plan's filter; undefined where there is none. All that is given must hold; what has no time is in no range of times. */
export function wantedOf(filter: ReplayFilter | undefined): Wanted | undefined {
  if (filter === undefined) return undefined
  const { from, to, keys, ids } = filter
  const [earliest, end] = [
    from === undefined ? undefined : Date.parse(from),
    to === undefined ? undefined : Date.parse(to),
  ]
  const byKey = keys === undefined ? undefined : new Set(keys.map(key => keyBytes(key).toString('latin1')))
  const byId = ids === undefined ? undefined : new Set(ids)
  return message => {
    if (earliest !== undefined && (message.timestamp < 0 || message.timestamp < earliest)) return false
    if (end !== undefined && (message.timestamp < 0 || message.timestamp >= end)) return false
    if (byId !== undefined && !byId.has(message.id)) return false
    return byKey === undefined || (message.key !== null && byKey.has(message.key.toString('latin1')))
  }
}

/** A lane of which only what is wanted is sent; the rest counts as skipped. */
export const filtered = (lane: ReplayLane, wanted: Wanted | undefined): ReplayLane =>
  wanted === undefined
    ? lane
    : {
        lane: lane.lane,
        from: lane.from,
        to: lane.to,
        ...(lane.messages === undefined ? {} : { messages: lane.messages }),
        read: (from, soft) => sifted(lane.read(from, soft), wanted),
        ...(lane.settle === undefined ? {} : { settle: upTo => lane.settle?.(upTo) ?? Promise.resolve() }),
      }

async function* sifted(chunks: AsyncIterable<ReplayChunk>, wanted: Wanted): AsyncGenerator<ReplayChunk> {
  for await (const { items, next, skipped } of chunks) {
    const kept = items.filter(({ message }: ReplayItem) => wanted(message))
    yield { items: kept, next, skipped: skipped + items.length - kept.length }
  }
}

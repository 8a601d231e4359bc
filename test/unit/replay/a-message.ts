import type { Message, MessageHeader } from '../../../src/core/message.js'
import type { ReplayChunk, ReplayItem, ReplayLane } from '../../../src/replay/ports.js'

/** Message `n` of a lane. */
export const aMessage = (n: number, fields: Partial<Message> = {}): Message => ({
  id: `orders/0/${n}`,
  key: Buffer.from(`k${n % 3}`),
  value: Buffer.from(`order ${n}`),
  headers: [],
  timestamp: 1_700_000_000_000 + n,
  target: 'orders',
  lane: '0',
  mark: String(n),
  size: 10,
  ...fields,
})

/** A header that counts replays. */
export const counted = (text: string): MessageHeader => ['x-replay-count', Buffer.from(text)]

const item = (n: number): ReplayItem => ({ message: aMessage(n), next: String(n + 1) })

/** A lane of messages 0 to `count` - 1, in chunks of `chunk`; reading is counted. */
export function aLane(count: number, chunk: number, lane = '0'): ReplayLane & { reads: string[] } {
  const reads: string[] = []
  return {
    lane,
    from: '0',
    to: String(count),
    reads,
    async *read(from: string): AsyncGenerator<ReplayChunk> {
      reads.push(from)
      for (let at = Number(from); at < count; at += chunk) {
        const end = Math.min(count, at + chunk)
        yield { items: Array.from({ length: end - at }, (_, i) => item(at + i)), next: String(end), skipped: 0 }
      }
    },
  }
}

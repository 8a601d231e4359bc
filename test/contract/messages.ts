import { expect } from 'vitest'
import type { Backlog, Broker, Message } from './broker.js'

const KEYS = 20

/** Messages 0, 1, 2 … of twenty keys; the header `n` numbers them, as bodies are binary, and empty now and then. */
export const messages = (count: number): Message[] => Array.from({ length: count }, (_, n) => message(n))

const message = (n: number): Message => ({
  key: `customer-${n % KEYS}`,
  body: body(n).toString('base64'),
  headers: [
    ['n', String(n)],
    ['größe', 'ß✓'],
    ['empty', ''],
  ],
  redelivered: false,
})

const body = (n: number): Buffer =>
  n % 50 === 7 ? Buffer.alloc(0) : Buffer.concat([Buffer.from(`order ${n}`), Buffer.of(0, 0xff, 10, 13)])

/** The number that a message was written with. */
export const numberOf = ({ headers }: Message): number => Number(headers.find(([name]) => name === 'n')?.[1])

/** By number; copies of one message side by side. */
export const byNumber = (seen: readonly Message[]): Message[] => [...seen].sort((a, b) => numberOf(a) - numberOf(b))

/** How many are there more than once. Fails unless each that was written is there, with its bytes. */
export function expectNothingLost(seen: readonly Message[], written: readonly Message[]): number {
  const first = byNumber(seen).filter((each, at, all) => at === 0 || numberOf(each) !== numberOf(all[at - 1] ?? each))
  expect(first.map(bytes)).toEqual(byNumber(written).map(bytes))
  return seen.length - first.length
}

const bytes = ({ key, body, headers }: Message) => ({ key, body, headers })

/** Fails unless each lane holds all messages of its keys, and those in the order in which they were written. */
export function expectOrderPerKey(lanes: readonly (readonly Message[])[]): void {
  for (const lane of lanes) {
    for (const key of new Set(lane.map(each => each.key))) {
      const numbers = lane.filter(each => each.key === key).map(numberOf)
      expect(numbers).toEqual([...numbers].sort((a, b) => a - b))
    }
  }
  const keys = lanes.flatMap(lane => [...new Set(lane.map(each => each.key))])
  expect(new Set(keys).size).toBe(keys.length)
}

/** The same by numbers alone, for messages that a broker delivered before and may have annotated. */
export async function expectEachNumberOnce(broker: Broker, backlog: Backlog): Promise<void> {
  const numbers = (await broker.inLanes(backlog)).flat().map(numberOf)
  expect(numbers.sort((a, b) => a - b)).toEqual(backlog.messages.map(numberOf))
  expect(await broker.left(backlog)).toBe(0)
}

/** Fails unless the lanes hold each message once and the source none: what an orderly way leaves, on any broker. */
export async function expectEachOnce(broker: Broker, backlog: Backlog): Promise<void> {
  expect(expectNothingLost((await broker.inLanes(backlog)).flat(), backlog.messages)).toBe(0)
  expect(await broker.left(backlog)).toBe(0)
}

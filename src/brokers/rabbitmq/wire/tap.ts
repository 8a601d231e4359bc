import { frameEnd } from './frames.js'
import type { InnerConnection } from './inner-connection.js'

/** What stands between the socket and amqplib: takes the frames that it knows, as bytes, and leaves all others to amqplib. */
export type Taker = {
  /** Takes whole frames from the start of `bytes`; gives how many bytes it took. */
  take(bytes: Buffer): number
  /** After `take`: the frame that is there now belongs to the taker, once more has come. */
  readonly hungry: boolean
  /** Nothing is to be read for now: the taker holds as much as it may. */
  readonly full: boolean
}

/** A taker at its connection: `wake` makes it read on after `full`, `remove` takes the taker away. */
export type Tapped = { readonly wake: () => void; readonly remove: () => void }

const TAKERS = new WeakMap<InnerConnection, Set<Taker>>()

/** Puts a taker in front of amqplib's parser. Takers of one connection stand side by side, each with a channel of its own. */
export function tap(inner: InnerConnection, taker: Taker): Tapped {
  const takers = TAKERS.get(inner) ?? intercept(inner)
  takers.add(taker)
  const wake = () => void inner.stream.emit('readable')
  return { wake, remove: () => void takers.delete(taker) }
}

function intercept(inner: InnerConnection): Set<Taker> {
  const takers = new Set<Taker>()
  const isFull = () => some(takers, taker => taker.full)
  keepAlive(inner, isFull)
  const parse = inner.recvFrame
  inner.recvFrame = () => {
    for (;;) {
      if (isFull()) return false
      const used = takeOnce(takers, inner.rest)
      if (used > 0) inner.rest = inner.rest.subarray(used)
      else if (!some(takers, taker => taker.hungry) && frameEnd(inner.rest, 0) > 0) return parse.call(inner)
      else if (!readMore(inner)) return false
    }
  }
  TAKERS.set(inner, takers)
  return takers
}

/** While reading stops on purpose the broker's silence proves nothing: the heartbeat's check is told that something came. */
function keepAlive(inner: InnerConnection, isFull: () => boolean): void {
  let received = inner.recvSinceLastCheck
  Object.defineProperty(inner, 'recvSinceLastCheck', {
    get: () => received || isFull(),
    set: (now: boolean) => {
      received = now
    },
  })
}

function takeOnce(takers: ReadonlySet<Taker>, bytes: Buffer): number {
  for (const taker of takers) {
    const used = taker.take(bytes)
    if (used > 0) return used
  }
  return 0
}

function readMore(inner: InnerConnection): boolean {
  const chunk = inner.stream.read() as Buffer | null
  if (chunk === null) return false
  inner.recvSinceLastCheck = true
  inner.rest = inner.rest.length === 0 ? chunk : Buffer.concat([inner.rest, chunk])
  return true
}

function some(takers: ReadonlySet<Taker>, is: (taker: Taker) => boolean): boolean {
  for (const taker of takers) if (is(taker)) return true
  return false
}

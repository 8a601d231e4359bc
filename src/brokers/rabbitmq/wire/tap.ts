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

/** Puts a taker in front of amqplib's parser. `wake` makes it read on after `full`. */
export function tap(inner: InnerConnection, taker: Taker): { readonly wake: () => void } {
  const parse = inner.recvFrame
  inner.recvFrame = () => {
    for (;;) {
      // While reading stops on purpose the broker's silence proves nothing.
      if (taker.full) {
        inner.recvSinceLastCheck = true
        return false
      }
      const used = taker.take(inner.rest)
      if (used > 0) inner.rest = inner.rest.subarray(used)
      if (!taker.hungry && frameEnd(inner.rest, 0) > 0) return parse.call(inner)
      const chunk = inner.stream.read() as Buffer | null
      if (chunk === null) return false
      inner.recvSinceLastCheck = true
      inner.rest = inner.rest.length === 0 ? chunk : Buffer.concat([inner.rest, chunk])
    }
  }
  return { wake: () => void inner.stream.emit('readable') }
}

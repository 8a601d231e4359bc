import type { Duplex } from 'node:stream'
import type { ChannelModel } from 'amqplib'
import { Bug } from '../../../errors.js'

/**
 * What amqplib 2.3's own Connection (lib/connection.js) has that its types do not tell, and that a relay of frames needs. Its accept loop
 * calls `recvFrame` as a property until it gives false, at each `readable` of the stream.
 */
export type InnerConnection = {
  readonly stream: Duplex
  /** Received and not yet parsed. */
  rest: Buffer
  /** As negotiated; the whole frame with its 8 bytes of overhead must fit. */
  readonly frameMax: number
  readonly serverProperties: Readonly<Record<string, unknown>>
  /** Whether something went out or came in since the last heartbeat. */
  sentSinceLastCheck: boolean
  recvSinceLastCheck: boolean
  recvFrame(): unknown
}

/** amqplib's connection under its model. Throws Bug where another version of amqplib has another shape. */
export function innerConnection(model: ChannelModel): InnerConnection {
  const inner = model.connection as unknown as InnerConnection
  if (
    typeof inner.recvFrame !== 'function' ||
    !Buffer.isBuffer(inner.rest) ||
    typeof inner.stream?.write !== 'function'
  )
    throw new Bug('This version of amqplib keeps its frames elsewhere')
  return inner
}

/** The number of an open channel, as frames carry it. */
export const channelNumber = (channel: object): number => (channel as { readonly ch: number }).ch

import type { Delivery } from '../wire/delivery.js'
import type { Archived } from './known-again.js'

/** A message that goes. `archived`: it is in the archive already, and only to be acked. */
export type Taken = Delivery & { readonly archived?: Archived }

/** A run of messages, in order of delivery. */
export type Frames = readonly Taken[]

/** A message whose body came late, with its body frames behind its header. Throws what the connection was lost with. */
export async function withBody(delivery: Delivery): Promise<Delivery> {
  const frames: Buffer[] = []
  if (delivery.late !== undefined) for await (const frame of delivery.late.frames()) frames.push(frame)
  const head = delivery.bytes.subarray(delivery.at, delivery.body)
  const bytes = Buffer.concat([head, ...frames])
  const { at } = delivery
  return {
    bytes,
    at: 0,
    header: delivery.header - at,
    body: delivery.body - at,
    end: bytes.length,
    size: delivery.size,
    tag: delivery.tag,
    redelivered: delivery.redelivered,
    routing: delivery.routing - at,
  }
}

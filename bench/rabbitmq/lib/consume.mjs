import { openWire } from './wire.mjs'

const PREFETCH = 5000
const ACK_EVERY = 500

/**
 * Consumes so many messages and acks them 500 at a time; resolves when the acks were taken.
 * @param {{ host: string, port: number }} place
 * @param {string} queue
 * @param {number} records
 */
export async function consumeAll(place, queue, records) {
  let came = 0
  let wire
  let finish
  const all = new Promise(resolve => {
    finish = resolve
  })
  const delivered = tag => {
    came++
    if (came % ACK_EVERY === 0 || came === records) wire.ackUpTo(tag)
    if (came === records) finish()
  }
  wire = await openWire(place, { delivered })
  await wire.prefetch(PREFETCH)
  await wire.consume(queue)
  await Promise.race([all, wire.failed])
  await wire.prefetch(PREFETCH)
  await wire.close()
}

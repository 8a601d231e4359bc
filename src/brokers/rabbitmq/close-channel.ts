import type { Channel } from 'amqplib'

/**
 * Closes a channel in order; never throws. One that is closed already cannot be closed again, and amqplib (2.3, lib/channel.js) leaves the close
 * of one whose connection goes meanwhile without an answer: only its end is told.
 */
export async function closeChannel(channel: Channel): Promise<void> {
  await new Promise<void>(resolve => {
    channel.once('close', () => resolve())
    Promise.resolve()
      .then(() => channel.close())
      .then(resolve, () => resolve())
  })
}

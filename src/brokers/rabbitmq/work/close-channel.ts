import type { Channel } from 'amqplib'
import type { RabbitLink } from '../link.js'

/** Closes a channel in order; never throws. A connection that goes meanwhile takes it along, and amqplib leaves the close without an answer. */
export async function closeChannel(channel: Channel, link: RabbitLink): Promise<void> {
  await new Promise<void>(resolve => {
    link.onLost(() => resolve())
    Promise.resolve()
      .then(() => channel.close())
      .then(resolve, () => resolve())
  })
}

import { connect } from '../../../brokers/rabbitmq/link.js'
import { openQueueSender } from '../../../brokers/rabbitmq/work/queue-sender.js'
import { asQueue, formatAddress, type Place } from '../../../core/address.js'
import { defined } from '../../../core/defined.js'
import type { Gate } from '../../../core/ports.js'
import type { Sender } from '../../../fanout/ports.js'
import { rabbitSettings } from '../../../settings.js'
import type { Reconnecting, Where } from '../../system.js'

/** Opens a queue to publish to, on a connection of its own. Throws UserError. */
export async function openSender(
  place: Place,
  given: Reconnecting & { readonly gate: Gate },
  { io, present }: Where,
): Promise<Sender> {
  const { config, management, gate } = given
  const settings = await rabbitSettings(place, { io, present, ...defined({ config, management }) })
  const address = asQueue(place.address)
  return openQueueSender({
    connect: purpose => connect(settings, purpose, io.soft),
    to: { queue: address.queue ?? '' },
    target: formatAddress(address),
    gate,
  })
}

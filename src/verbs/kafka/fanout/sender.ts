import { describeTopic } from '../../../brokers/kafka/admin/topics.js'
import { connect } from '../../../brokers/kafka/link.js'
import { openKafkaSender } from '../../../brokers/kafka/work/kafka-sender.js'
import { asKafka, type Place } from '../../../core/address.js'
import { defined } from '../../../core/defined.js'
import type { Gate } from '../../../core/ports.js'
import { UserError } from '../../../errors.js'
import type { Sender } from '../../../fanout/ports.js'
import { kafkaSettings } from '../../../settings.js'
import type { Reconnecting, Where } from '../../system.js'

/** Opens a topic to send to, on a connection of its own. Throws UserError: unreachable, credentials, `no-topic`. */
export async function openSender(
  place: Place,
  { config, gate }: Reconnecting & { readonly gate: Gate },
  { io, present }: Where,
): Promise<Sender> {
  const { topic = '' } = asKafka(place.address)
  const link = await connect(await kafkaSettings(place, { io, present, ...defined({ config }) }), io.soft)
  try {
    // A request for a topic that is not there may make it (auto.create.topics.enable).
    if ((await describeTopic(link, topic)) === undefined) throw noTopic(topic)
    const sender = await openKafkaSender({ link, topic, gate })
    return {
      target: sender.target,
      send: (message, extra) => sender.send(message, extra),
      async [Symbol.asyncDispose]() {
        await sender[Symbol.asyncDispose]()
        await link[Symbol.asyncDispose]()
      },
    }
  } catch (error) {
    await link[Symbol.asyncDispose]()
    throw error
  }
}

const noTopic = (topic: string): UserError =>
  new UserError(`Topic ${topic} is not there`, {
    code: 'no-topic',
    hint: 'Make it first, with the partitions that its readers need: kafka-topics.sh --create.',
  })

import { connect } from '../../../brokers/kafka/link.js'
import { topicIds } from '../../../brokers/kafka/reconcile/topic-ids.js'
import { asKafka, type Place } from '../../../core/address.js'
import { defined } from '../../../core/defined.js'
import type { SeenId } from '../../../core/seen-id.js'
import { UserError } from '../../../errors.js'
import type { IdStream } from '../../../reconcile/ports.js'
import { kafkaSettings } from '../../../settings.js'
import type { Where } from '../../system.js'

/** Connects to a topic whose ids are compared; `close` ends the connection. Throws UserError: unreachable, credentials, no topic; BrokerError. */
export async function openTopicIds(
  place: Place,
  given: { readonly seenId: SeenId; readonly config?: string | undefined },
  { io, present }: Where,
): Promise<{ readonly source: IdStream; close(): Promise<void> }> {
  const { topic } = asKafka(place.address)
  if (topic === undefined) throw new UserError('The address names no topic', { hint: 'Write kafka://host:9092/TOPIC.' })
  const link = await connect(await kafkaSettings(place, { io, present, ...defined({ config: given.config }) }), io.soft)
  const close = async () => await link[Symbol.asyncDispose]()
  try {
    return { source: await topicIds(link, topic, given.seenId), close }
  } catch (error) {
    await close()
    throw error
  }
}

import { takeLock } from '../../../brokers/rabbitmq/admin/take-lock.js'
import { connect } from '../../../brokers/rabbitmq/link.js'
import { PREFETCH } from '../../../brokers/rabbitmq/reconcile/id-channel.js'
import { queueIds } from '../../../brokers/rabbitmq/reconcile/queue-ids.js'
import { usualLimit } from '../../../brokers/rabbitmq/work/delivery-limit.js'
import { asQueue, type Place } from '../../../core/address.js'
import { defined } from '../../../core/defined.js'
import { formatCount } from '../../../core/quantity.js'
import type { QueueBacklog } from '../../../core/queue-survey.js'
import type { SeenId } from '../../../core/seen-id.js'
import { checkSource } from '../../../drain/queue/plan/preconditions.js'
import { readerRefusals } from '../../../drain/queue/refusals/readers.js'
import { sourceItself } from '../../../drain/queue/refusals/server.js'
import { toRefusal } from '../../../drain/refusals.js'
import { Refusal, UserError } from '../../../errors.js'
import type { IdStream } from '../../../reconcile/ports.js'
import type { Where } from '../../system.js'
import { openRabbit, type RabbitLinks } from '../links.js'
import { measureForPlan } from '../measure.js'

type Given = {
  readonly seenId: SeenId
  readonly config?: string | undefined
  readonly management?: string | undefined
  /** Told of what the reading does to the queue. */
  readonly warn: (message: string) => void
}

/**
 * A queue whose ids are compared, under its lock; `close` ends the connections, and gives back what was read. Throws UserError: unreachable,
 * credentials, no queue; Refusal where others consume it or its delivery-limit is near.
 */
export async function openQueueIds(
  place: Place,
  given: Given,
  where: Where,
): Promise<{ readonly source: IdStream; close(): Promise<void> }> {
  if (asQueue(place.address).queue === undefined)
    throw new UserError('The address names no queue', { hint: 'Write amqp://host/VHOST/QUEUE.' })
  const links = await openRabbit(place, defined({ config: given.config, management: given.management }), where)
  const reader = await connect(links.settings, 'reconcile', where.io.soft).catch(async (error: unknown) => {
    await links[Symbol.asyncDispose]()
    throw error
  })
  const close = async () => {
    await reader.close()
    await links[Symbol.asyncDispose]()
  }
  try {
    const survey = await checked(links, place, where)
    const { queue, total } = survey
    const isStream = queue.type === 'stream'
    if (!isStream) {
      await lockWhereAllowed(links, queue.name)
      given.warn(spends(queue.name, total.ready))
    }
    return {
      source: queueIds({
        link: reader,
        looking: links.link,
        where: given.seenId,
        ready: Number(total.ready),
        isStream,
        ...ofQueue(survey, links),
      }),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

async function checked(links: RabbitLinks, place: Place, { io }: Where): Promise<QueueBacklog> {
  const survey = await measureForPlan(links, place, { io, execute: false })
  if (survey.queue.type === 'stream') return survey
  checkSource(survey)
  const [first, ...others] = [...readerRefusals(survey, { consumersStopped: false }), ...sourceItself(survey)]
  if (first !== undefined) throw toRefusal([first, ...others])
  assertWithinOne(survey)
  return survey
}

/** Of a quorum queue with a single active consumer there is no second one to get more. Throws Refusal. */
function assertWithinOne({ queue: { name, type, settings }, total: { ready } }: QueueBacklog): void {
  if (type === 'classic' || settings.singleActiveConsumer?.value !== true || ready <= PREFETCH) return
  throw new Refusal(
    `${name} has a single active consumer and ${formatCount(ready)} messages: no more than ${formatCount(PREFETCH)} of them can be read`,
    { code: 'single-active-consumer', hint: 'Drain it into lanes, and reconcile with these.' },
  )
}

function ofQueue({ queue }: QueueBacklog, { link }: RabbitLinks) {
  const { deliveryLimit, singleActiveConsumer } = queue.settings
  const type = queue.type === 'classic' || queue.type === 'quorum' ? queue.type : undefined
  const limit = deliveryLimit ? { limit: deliveryLimit.value, by: deliveryLimit.by } : usualLimit(link, type)
  const isCounted = type !== 'classic' && queue.type !== 'stream'
  return {
    queue: queue.name,
    isClassic: type === 'classic',
    exclusive: type === 'classic' && singleActiveConsumer?.value !== true,
    ...defined({ deliveryLimit: isCounted ? limit : undefined }),
  }
}

/** Who may read the queue need not have the right to make one: then the consumers that are counted must do. */
async function lockWhereAllowed({ link }: RabbitLinks, queue: string): Promise<void> {
  try {
    await takeLock(link, queue)
  } catch (error) {
    if (!(error instanceof UserError) || error.code !== 'permission') throw error
  }
}

const spends = (queue: string, ready: bigint): string =>
  `${queue}: to read its ${formatCount(ready)} messages they are consumed and given back, unacked meanwhile; each is marked as redelivered, and a quorum queue counts one delivery more`

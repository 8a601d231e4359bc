import type { FanoutRequest } from '../../../commands/requests.js'
import { GUEST } from '../../../core/address/queue.js'
import type { Place, QueueAddress } from '../../../core/address.js'
import { defined } from '../../../core/defined.js'
import type { QueueBacklog } from '../../../core/queue-survey.js'
import { checkSource } from '../../../drain/queue/plan/preconditions.js'
import { readerRefusals } from '../../../drain/queue/refusals/readers.js'
import { sourceItself } from '../../../drain/queue/refusals/server.js'
import { UserError } from '../../../errors.js'
import type { FanSeen } from '../../fanout/ends.js'
import type { Where } from '../../system.js'
import type { RabbitLinks } from '../links.js'
import { measureForPlan } from '../measure.js'

type Asked = { readonly place: Place<QueueAddress>; readonly request: FanoutRequest }

/** Surveys a queue as for a drain: the same conditions, the same refusals. Throws UserError for what can't be planned at all. */
export async function lookAtSource(
  links: RabbitLinks,
  { place, request }: Asked,
  { io }: Pick<Where, 'io'>,
): Promise<FanSeen> {
  const survey = await measureForPlan(links, place, { io, execute: request.execute })
  checkSource(survey)
  checkChoice(survey, request)
  const { consumersStopped } = request
  const refusals = [...readerRefusals(survey, { consumersStopped }), ...sourceItself(survey)]
  return { look: lookOf(survey, request), refusals }
}

/** A single active consumer was asked for because of the order, so who gives it up says so. */
const checkChoice = ({ queue }: QueueBacklog, { order, key }: FanoutRequest): void => {
  if (queue.settings.singleActiveConsumer?.value !== true || order !== undefined || key !== undefined) return
  throw new UserError(`${queue.name} has a single active consumer: its order may matter, so choose`, {
    code: 'order',
    hint: 'Write --key routing-key, --key header:NAME or --key property:NAME; --order lane; or give the order up with --order none.',
  })
}

const ofQueue = ({ queue: { type, settings } }: QueueBacklog) =>
  defined({
    queueType: type === 'classic' || type === 'quorum' ? type : undefined,
    singleActiveConsumer: settings.singleActiveConsumer?.value,
    deliveryLimit: settings.deliveryLimit && { limit: settings.deliveryLimit.value, by: settings.deliveryLimit.by },
  })

const lookOf = (survey: QueueBacklog, { key }: FanoutRequest): FanSeen['look'] => {
  const { source, user, clusterName, vhost, queue, total } = survey
  const messages = total.ready
  return {
    system: 'rabbitmq',
    source,
    reads: 'source',
    clusterId: clusterName,
    topic: queue.name,
    vhost,
    ...defined({ key, user: /^amqps?:/.test(source) && user.name !== GUEST ? user.name : undefined }),
    lanes: [{ lane: queue.name, from: '0', to: String(messages), messages }],
    laneQueues: [queue.name],
    ...ofQueue(survey),
    expect: { messages, bytes: total.bytes ?? 0n },
    isWhole: true,
    others: [],
    warnings: survey.warnings,
    refusals: [],
    stopCommands: [],
  }
}

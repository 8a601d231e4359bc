import { type Around, lookAround } from '../../../brokers/rabbitmq/discard/around.js'
import { GUEST } from '../../../core/address/queue.js'
import type { Place, QueueAddress } from '../../../core/address.js'
import { defined } from '../../../core/defined.js'
import type { DiscardLane } from '../../../core/discard-plan.js'
import { formatBytes } from '../../../core/quantity.js'
import type { QueueBacklog } from '../../../core/queue-survey.js'
import type { DiscardLook } from '../../../discard/plan/options.js'
import { withinMessages } from '../../../discard/plan/within-messages.js'
import { affectedBy } from '../../../discard/queue/affected.js'
import { queueDiscardNotes, queueDiscardRefusals } from '../../../discard/queue/refusals.js'
import { stopCommands } from '../../../drain/plan/stop-commands.js'
import { checkSource } from '../../../drain/queue/plan/preconditions.js'
import type { DiscardAsked, DiscardSeen } from '../../discard/ends.js'
import type { Where } from '../../system.js'
import type { RabbitLinks } from '../links.js'
import { measureForPlan } from '../measure.js'

/** Content header, exchange and routing key of a message, about. Bytes. */
const HEADER_BYTES = 100n

/** Surveys a queue as for a drain, without what only copying needs. Throws UserError for what can't be planned at all. */
export async function lookAtQueue(
  links: RabbitLinks,
  { place, request, how }: Pick<DiscardAsked, 'place' | 'request' | 'how'>,
  { io }: Pick<Where, 'io'>,
): Promise<DiscardSeen> {
  const at = place as Place<QueueAddress>
  const survey = await measureForPlan(links, at, { io, execute: request.execute })
  checkSource(survey)
  const around = await lookAround(links.management, links.settings.vhost, survey.queue.name)
  const { scope, archive, consumersStopped } = request
  const lanes = lanesOf(survey, request)
  const messages = lanes.reduce((sum, lane) => sum + lane.messages, 0n)
  const look: DiscardLook = {
    system: 'rabbitmq',
    source: survey.source,
    production: survey.production,
    clusterId: survey.clusterName,
    topic: survey.queue.name,
    vhost: survey.vhost,
    ...ofQueue(survey),
    lanes,
    messagesIsUpperBound: scope.kind !== 'all' || survey.queue.settings.messageTtl !== undefined,
    bytes: bytesOf(survey, messages, HEADER_BYTES),
    frees: freesOf(survey, bytesOf(survey, messages, 0n)),
    brokerFolders: foldersOf(around, links),
    affected: affectedBy(survey, around.shovels),
    stopCommands: stopCommands(survey.queue.name),
    warnings: [...survey.warnings, ...queueDiscardNotes(survey, { scope, keeps: archive.keep && how !== 'purge' })],
  }
  return { look, refusals: queueDiscardRefusals(survey, { consumersStopped }) }
}

function lanesOf(
  { queue, total }: QueueBacklog,
  { maxMessages, scope }: DiscardAsked['request'],
): readonly DiscardLane[] {
  const lane = {
    lane: queue.name,
    from: '0',
    to: String(total.ready),
    messages: total.ready,
    ...defined({ first: total.oldestAt }),
  }
  // Nothing is consumed to look, so all that is known of the others is that the head is the first to go.
  const isNewer = scope.kind !== 'all' && total.oldestAt !== undefined && total.oldestAt >= scope.before
  return withinMessages([isNewer ? { lane: queue.name, from: '0', to: '0', messages: 0n } : lane], maxMessages)
}

const ofQueue = ({ source, user, queue: { type, settings } }: QueueBacklog) =>
  defined({
    user: /^amqps?:/.test(source) && user.name !== GUEST ? user.name : undefined,
    queueType: type === 'classic' || type === 'quorum' ? type : undefined,
    singleActiveConsumer: settings.singleActiveConsumer?.value,
    deliveryLimit: settings.deliveryLimit && { limit: settings.deliveryLimit.value, by: settings.deliveryLimit.by },
  })

/** Bytes of so many messages, by the average of all. */
function bytesOf({ total: { bytes, ready } }: QueueBacklog, messages: bigint, each: bigint): bigint {
  if (bytes === undefined || ready === 0n) return 0n
  return (bytes * messages) / ready + each * messages
}

function freesOf({ queue: { node, members, type } }: QueueBacklog, bytes: bigint): { bytes: bigint; words: string } {
  const nodes = members ?? (node === undefined ? [] : [node])
  const where = nodes.length === 0 ? 'on the nodes of the queue' : `on ${nodes.join(', ')}`
  const what = bytes === 0n ? 'the bodies of these messages' : `about ${formatBytes(bytes)} of bodies`
  const when =
    type === 'quorum'
      ? 'memory at once, disk when the log has written its next snapshot and drops whole segments'
      : 'memory at once, disk within minutes, as the message store tidies up files that are half empty'
  return { bytes, words: `frees ${what} ${where}: ${when}` }
}

/** Of a single node, the address that leads there is known to be its own. */
function foldersOf({ folders }: Around, { settings }: RabbitLinks): DiscardLook['brokerFolders'] {
  return folders.map(({ node, path }) => ({
    broker: `node ${node}`,
    host: folders.length === 1 ? settings.host : node.slice(node.indexOf('@') + 1),
    path,
  }))
}

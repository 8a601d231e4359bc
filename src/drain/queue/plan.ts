import { GUEST } from '../../core/address/queue.js'
import { defined } from '../../core/defined.js'
import { signPlan } from '../../core/digest.js'
import { PLAN_VERSION } from '../../core/plan.js'
import type { QueueArguments, QueuePlan, QueueType } from '../../core/queue-plan.js'
import type { QueueBacklog } from '../../core/queue-survey.js'
import { temporaryQueueBase, temporaryQueues } from '../../core/temporary-queue.js'
import { stopCommands } from '../plan/stop-commands.js'
import { refusalInWords } from '../refusals.js'
import { queueCopyTime } from './plan/copy-time.js'
import type { QueueDraft } from './plan/draft.js'
import type { QueueDrainOptions } from './plan/options.js'
import { permissionsFor } from './plan/permissions.js'
import { checkQueuePreconditions } from './plan/preconditions.js'
import { prefetchFor } from './plan/prefetch.js'
import { roomOn } from './plan/room.js'
import { queueSteps } from './plan/steps.js'
import { queueWarnings } from './plan/warnings.js'
import { duplicatesInFlight, undoOfQueue } from './plan/words.js'
import { queueRefusals } from './refusals.js'

const DEFAULT_LANES = 10
const GUESSED_MESSAGE_BYTES = 1024

/**
 * Draws the plan of a queue's drain, signed. Pure: the same survey and options give the same plan. A backlog of nothing is
 * a plan for nothing. Throws UserError for what can't be planned at all; what `--execute` would refuse stands in `refusals`.
 */
export const planQueueDrain = (survey: QueueBacklog, options: QueueDrainOptions): QueuePlan => {
  checkQueuePreconditions(survey, options)
  const draft = sketch(survey, options)
  return signPlan({
    ...draft,
    warnings: queueWarnings(survey, draft),
    refusals: queueRefusals(survey, draft).map(refusalInWords),
  })
}

const sketch = (survey: QueueBacklog, options: QueueDrainOptions): QueueDraft => {
  const body = { ...identity(survey, options), ...choices(survey, options), ...layOut(survey, options) }
  const words = {
    permissions: permissionsFor(survey, body),
    stopCommands: [...consumersLeft(survey), ...stopCommands(survey.queue.name)],
    undoPossibleUntil: undoOfQueue(body),
    duplicatesAtMost: duplicatesInFlight(body.prefetch),
  }
  return { ...body, ...words, steps: queueSteps({ ...body, ...words }) }
}

const MOST_CONSUMERS = 20

// Comments of a shell, so that the lines can be pasted with the commands below them.
const consumersLeft = ({ consumers }: QueueBacklog): string[] =>
  consumers
    .slice(0, MOST_CONSUMERS)
    .map(
      ({ tag, host, connection, user }) =>
        `# consumer ${tag} on ${host}, user ${user ?? '?'}, connection ${connection}`,
    )

const identity = (survey: QueueBacklog, options: QueueDrainOptions) => {
  const { queue } = survey
  return {
    kind: 'drain' as const,
    system: 'rabbitmq' as const,
    version: PLAN_VERSION as typeof PLAN_VERSION,
    run: options.run,
    plannedAt: options.now.toISOString(),
    source: survey.source,
    ...loginOf(survey),
    target: targetOf(survey, options.run),
    vhost: survey.vhost,
    queue: queue.name,
    queueType: typeOf(survey, options),
    clusterName: survey.clusterName,
    singleActiveConsumer: queue.settings.singleActiveConsumer?.value === true,
    ...defined({ sourceArguments: queue.arguments, sourcePolicies: policiesInForce(survey) }),
  }
}

// The user of a named cluster stands in the settings file, and the guest is who logs in where nobody is named.
const loginOf = ({ source, user }: QueueBacklog): { user?: string } =>
  /^amqps?:/.test(source) && user.name !== GUEST ? { user: user.name } : {}

// The source's address ends in the name of its queue, encoded or not; the temporary queues lie in the same virtual host.
const targetOf = ({ source, queue }: QueueBacklog, run: string): string =>
  `${source.slice(0, source.lastIndexOf('/') + 1)}${encodeName(temporaryQueueBase(queue.name, run))}`

const encodeName = (name: string): string => name.replace(/[%/?#@\s\p{Cc}]/gu, char => encodeURIComponent(char))

const typeOf = ({ queue }: QueueBacklog, { queueType }: QueueDrainOptions): QueueType =>
  queue.type === 'classic' || queue.type === 'quorum' ? queue.type : (queueType ?? 'classic')

const policiesInForce = ({ queue }: QueueBacklog): QueuePlan['sourcePolicies'] =>
  queue.definition && {
    definition: queue.definition,
    ...defined({ policy: queue.policy, operatorPolicy: queue.operatorPolicy }),
  }

const choices = (survey: QueueBacklog, options: QueueDrainOptions) => ({
  order: options.key === undefined ? ('none' as const) : ('key' as const),
  until: options.until ?? ('now' as const),
  maxDriftPercent: options.maxDriftPercent ?? 20,
  consumersStopped: options.consumersStopped ?? false,
  cutOver: options.cutOver ?? ('lanes-first' as const),
  setAside: {
    expiration: true,
    userId: survey.user.tags?.includes('impersonator') !== true,
    deliveryCounts: typeOf(survey, options) === 'quorum',
  },
  ...defined({
    key: options.key,
    rate: options.rate,
    first: options.first,
    deliveryLimit: deliveryLimit(survey),
  }),
})

const deliveryLimit = ({ queue }: QueueBacklog): QueuePlan['deliveryLimit'] => {
  const limit = queue.settings.deliveryLimit
  return limit && { limit: limit.value, by: limit.by }
}

const layOut = (survey: QueueBacklog, options: QueueDrainOptions) => {
  const { queue, total } = survey
  const count = options.lanes ?? options.factor ?? DEFAULT_LANES
  const type = typeOf(survey, options)
  const work = canary(options, total.ready, bytesOf(survey))
  return {
    laneQueues: temporaryQueues(queue.name, options.run, count),
    laneArguments: { 'x-queue-type': type, ...copied(queue.arguments ?? {}) },
    lanes: [
      {
        lane: queue.name,
        from: '0',
        to: String(total.ready),
        messages: total.ready,
        targets: Array.from({ length: count }, (_, lane) => lane),
      },
    ],
    prefetch: prefetchFor(total.averageBytes),
    nodes: roomOn(survey.nodes, work),
    expect: {
      messages: total.ready,
      messagesIsUpperBound: queue.settings.messageTtl !== undefined || total.full?.high === 0,
      bytes: bytesOf(survey),
      bytesIsGuess: total.bytes === undefined,
      growthPerSecond: total.growth,
      ...queueCopyTime(survey, options, { ...work, type, lanes: count }),
    },
  }
}

// What the queue is, but nothing that takes messages away from it.
const COPIED = ['x-max-priority', 'x-queue-mode', 'x-queue-version', 'x-quorum-initial-group-size']

const copied = (own: QueueArguments): QueueArguments =>
  Object.fromEntries(COPIED.flatMap(name => (own[name] === undefined ? [] : [[name, own[name]]])))

const bytesOf = ({ total }: QueueBacklog): bigint => total.bytes ?? total.ready * BigInt(GUESSED_MESSAGE_BYTES)

// A canary copies, and so takes, only its part; the rest comes with its resume.
const canary = ({ first }: QueueDrainOptions, messages: bigint, bytes: bigint) => {
  if (first === undefined || BigInt(first) >= messages) return { messages, bytes }
  return { messages: BigInt(first), bytes: (bytes * BigInt(first)) / messages }
}

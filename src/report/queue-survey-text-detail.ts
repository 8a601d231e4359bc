import { formatBytes, formatCount, formatDuration } from '../core/quantity.js'
import type { QueueConsumer, QueueSettings, QueueSurvey } from '../core/queue-survey.js'
import { labelled } from './survey-text-layout.js'

const SHOWN = 8

/** What else there is to know: consumers, settings in force, policies, bindings, nodes, temporary queues, the server. */
export const queueDetail = (survey: QueueSurvey): string[] => [
  'DETAIL',
  ...consumersText(survey),
  labelled('queue', queueText(survey)),
  ...settingsText(survey.queue.settings),
  ...policyText(survey),
  ...listed(
    'bound to',
    (survey.queue.bindings ?? []).map(({ exchange, routingKey }) => `${exchange} (${routingKey || 'no key'})`),
  ),
  ...listed(
    'temporary',
    survey.temporaryQueues.map(({ name, messages }) => `${name} (${formatCount(messages)})`),
  ),
  ...nodesText(survey),
  labelled(
    'server',
    `${survey.clusterName}, RabbitMQ ${survey.serverVersion}, virtual host ${survey.vhost}, user ${survey.user.name}${survey.user.tags === undefined ? '' : ` (${survey.user.tags.join(', ') || 'no tags'})`}`,
  ),
]

const consumersText = ({ consumers, consumerCount }: QueueSurvey): string[] => {
  if (consumers.length === 0) return []
  const more = Math.max(consumerCount, consumers.length) - Math.min(SHOWN, consumers.length)
  return [
    ...consumers.slice(0, SHOWN).map(each => labelled('consumer', consumerText(each))),
    ...(more > 0 ? [labelled('', `and ${formatCount(more)} more`)] : []),
  ]
}

const consumerText = ({ tag, connection, user, prefetch, active, exclusive }: QueueConsumer): string =>
  [
    tag,
    `connection ${connection}`,
    ...(user === undefined ? [] : [`user ${user}`]),
    ...(prefetch === undefined ? [] : [prefetch === 0 ? 'no prefetch limit' : `prefetch ${formatCount(prefetch)}`]),
    ...(active === false ? ['waiting (single active consumer)'] : []),
    ...(exclusive === true ? ['exclusive'] : []),
  ].join(', ')

const queueText = ({ queue, total }: QueueSurvey): string =>
  [
    queue.type === 'unknown' ? 'type unknown' : queue.type,
    ...(queue.durable === undefined ? [] : [queue.durable ? 'durable' : 'NOT durable']),
    ...(queue.state === undefined ? [] : [queue.state]),
    ...(queue.node === undefined ? [] : [`on ${queue.node}`]),
    ...(queue.members === undefined ? [] : [`members ${queue.members.join(', ')}`]),
    ...(total.averageBytes === undefined ? [] : [`${formatBytes(total.averageBytes)} a message on average`]),
  ].join(', ')

const settingsText = (settings: QueueSettings): string[] => {
  const rows: readonly (readonly [keyof QueueSettings, (value: never) => string, string])[] = [
    ['messageTtl', milliseconds, 'TTL'],
    ['expires', milliseconds, 'queue expires after'],
    ['maxLength', formatCount, 'max-length'],
    ['maxLengthBytes', formatBytes, 'max-length-bytes'],
    ['overflow', String, 'overflow'],
    ['deadLetterExchange', (value: string) => value || '(default exchange)', 'dead-letter-exchange'],
    ['deadLetterRoutingKey', String, 'dead-letter-routing-key'],
    ['deliveryLimit', formatCount, 'delivery-limit'],
    ['consumerTimeout', milliseconds, 'consumer timeout'],
    ['maxPriority', String, 'priorities up to'],
    ['singleActiveConsumer', String, 'single active consumer'],
  ]
  const texts = rows.flatMap(([name, words, label]) => {
    const setting = settings[name]
    return setting === undefined ? [] : [`${label} ${words(setting.value as never)} (${setting.by})`]
  })
  return texts.length === 0 ? [] : [labelled('in force', texts.join('; '))]
}

const milliseconds = (value: number): string => formatDuration(value / 1000)

const policyText = ({ queue, management }: QueueSurvey): string[] => {
  if (!management.available) return []
  const names = [
    ...(queue.policy === undefined ? [] : [`policy ${queue.policy}`]),
    ...(queue.operatorPolicy === undefined ? [] : [`operator policy ${queue.operatorPolicy}`]),
  ]
  return [labelled('policies', names.length === 0 ? 'none in force on this queue' : names.join(', '))]
}

const nodesText = ({ nodes }: QueueSurvey): string[] =>
  nodes
    .slice(0, SHOWN)
    .map(({ node, running, memoryUsed, memoryLimit, memoryAlarm, diskFree, diskLimit, diskAlarm }) =>
      labelled(
        'node',
        [
          `${node}${running ? '' : ' NOT RUNNING'}`,
          `memory ${size(memoryUsed)} of ${size(memoryLimit)}${memoryAlarm ? ' ALARM' : ''}`,
          `disk ${size(diskFree)} free, alarm below ${size(diskLimit)}${diskAlarm ? ' ALARM' : ''}`,
        ].join('; '),
      ),
    )

const size = (bytes: bigint | undefined): string => (bytes === undefined ? 'unknown' : formatBytes(bytes))

const listed = (label: string, names: readonly string[]): string[] => {
  if (names.length === 0) return []
  const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : ''
  return [labelled(label, `${names.slice(0, SHOWN).join(', ')}${more}`)]
}

import { formatCount } from '../../core/quantity.js'
import type { ReplayDraft } from '../plan.js'
import type { ReplayLook } from './options.js'

/** What the operator should know before saying yes; the gravest first. None of them refuses the run. */
export const replayWarnings = (plan: ReplayDraft, { source }: ReplayLook): readonly string[] => [
  ...beyond(plan),
  ...visible(plan),
  ...carriedOver(plan, source.system),
  ...edits(plan, source.system),
  ...timeless(plan),
  ...unrouted(plan),
]

type From = ReplayLook['source']['system']

const beyond = ({ doubted = 0n, source }: ReplayDraft): string[] =>
  doubted === 0n
    ? []
    : [
        `${source} has ${formatCount(doubted)} messages beyond those that were let go: an execution was killed between archive and ack. They are in it twice, or still in the queue`,
      ]

const visible = ({ guarantee }: ReplayDraft): string[] =>
  guarantee === 'transactions'
    ? [
        'Readers that are read_uncommitted see messages of a transaction before it is committed, and again after a crash; after one read_committed readers wait up to 15 s for it to be ended',
      ]
    : []

const carriedOver = ({ system }: ReplayDraft, from: From): string[] => {
  if (system === from || from === 'rows') return []
  return from === 'kafka'
    ? [
        'From Kafka to RabbitMQ: key and id go as headers x-spillway-key and x-spillway-id, times are cut to seconds, a null value is an empty body with x-spillway-null',
      ]
    : [
        'From RabbitMQ to Kafka: the routing key becomes the key, properties become headers amqp.*, and headers that are no strings become their JSON text',
      ]
}

const edits = ({ system, from: of, target }: ReplayDraft, from: From): string[] => {
  if (system !== 'rabbitmq' || from !== 'rabbitmq') return []
  const back = of.kind === 'dead-letters' && target === 'origin'
  return [
    ...(back
      ? []
      : [
          'Messages keep their routing keys: they go by an exchange of the run, QUEUE.spill.RUN.replay, that leads to the queue and is deleted at the end',
        ]),
    'Properties go as they came: a message with an expiration begins it anew; a user-id of another user moves to x-spillway-user-id',
  ]
}

const unrouted = ({ system, from }: ReplayDraft): string[] =>
  system === 'kafka' && from.kind === 'rows' && from.map?.kind === 'yaml' && from.map.mapping.routingKey !== undefined
    ? ['The mapping has a routingKey, which Kafka has no place for: it is left away']
    : []

const timeless = ({ filter }: ReplayDraft): string[] =>
  filter?.from === undefined && filter?.to === undefined
    ? []
    : ['Messages without a time of their own are in no range of times: they are skipped']

import type { RabbitSettings } from '../../../brokers/rabbitmq/settings.js'
import { formatAddress, type QueueAddress } from '../../../core/address.js'
import { temporaryQueues } from '../../../core/temporary-queue.js'
import type { Night, StandIn } from '../night.js'
import { consumersOf } from './consumers.js'

/** A queue, and how to get to it; `management` where it is not at its usual port. */
export type Place = {
  readonly server: NonNullable<QueueAddress['server']>
  readonly settings: RabbitSettings
  readonly queue: string
  readonly management?: string
}

const LANES = 10
// The management plugin samples every 5 s: a survey that looks two samples back still sees the filling, a restore acks that are missing.
const SETTLE = {
  step: 'A moment, until the counters of the server have caught up',
  command: '(wait: the server counts every 5 s)',
  seconds: 10,
}

/** A night on RabbitMQ: a queue, and temporary queues; the key of a message is its routing key. */
export function rabbitNight(place: Place): Night {
  const { settings, queue, management } = place
  const address = addressOf(place)
  return {
    backlog: address,
    shape: ['--size', '512', '--sizes', 'lognormal'],
    source: address,
    survey: ['--window', '6s', '--service-rate', '100'],
    settle: SETTLE,
    drain: ['--key', 'routing-key', '--lanes', String(LANES)],
    every: management === undefined ? [] : ['--management', management],
    restore: ['--wait', '1m'],
    temporary: 'temporary queues',
    proof: { step: 'The balance sheet', flags: [] },
    usual: standIn('your consumers', settings, [queue]),
    onLanes: async run => standIn('your handler, without a database', settings, temporaryQueues(queue, run, LANES)),
    // A password has no place in the commands that are shown.
    env: { SPILLWAY_PASSWORD: settings.password },
  }
}

/** With the user's name, so that the password of the environment belongs to it. */
const addressOf = ({ server, settings, queue }: Place): string => {
  const { vhost, username } = settings
  const bare = formatAddress({ kind: 'rabbitmq', server, vhost, queue })
  return bare.replace('://', `://${encodeURIComponent(username)}@`)
}

function standIn(whose: string, settings: RabbitSettings, queues: readonly string[]): StandIn {
  const [first = '', last = first] = [queues[0], queues.at(-1)]
  const where = queues.length === 1 ? `queue ${first}` : `queues ${first} to ${last.slice(last.lastIndexOf('.') + 1)}`
  return { command: `(stand-in for ${whose}: amqplib, ${where})`, crew: consumersOf(settings, queues) }
}

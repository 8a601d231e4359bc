import type { Managed } from '../../../../../src/brokers/rabbitmq/survey/ask-management.js'
import { compose } from '../../../../../src/brokers/rabbitmq/survey/compose.js'
import type { Gathered } from '../../../../../src/brokers/rabbitmq/survey/gather.js'

/** Noon of the day that all tests play on. */
export const NOON = Date.parse('2026-11-21T12:00:00.000Z')

/** Samples of a counter as the management plugin tells them: newest first, 5 s apart. */
export const samples = (...values: number[]) => ({
  samples: values.map((sample, index) => ({ sample, timestamp: NOON - (values.length - 1 - index) * 5000 })).reverse(),
})

/** What the management API tells of a plain classic queue. */
export const aManaged = (queue: Record<string, unknown> = {}, given: Partial<Managed> = {}): Managed => ({
  queue: {
    name: 'orders',
    type: 'classic',
    durable: true,
    exclusive: false,
    auto_delete: false,
    state: 'running',
    messages_ready: 1000,
    messages_unacknowledged: 0,
    message_bytes_ready: 100_000,
    arguments: { 'x-queue-type': 'classic' },
    effective_policy_definition: {},
    policy: null,
    operator_policy: null,
    ...queue,
  },
  withoutRates: false,
  nodes: [],
  policies: [],
  temporaryQueues: [],
  notes: [],
  ...given,
})

/** Looks at the ready messages, a second apart, with as many consumers each. */
export const looks = (...ready: number[]) =>
  ready.map((count, index) => ({ ready: count, consumers: 0, at: index * 1000 }))

/** Folds facts of one queue into a survey. */
export const surveyOf = (facts: Partial<Gathered> = {}) => fold({ managed: aManaged(), ...facts })

/** The same where no management API answers. */
export const blindSurveyOf = (facts: Partial<Omit<Gathered, 'managed'>> = {}) =>
  fold({ unmanaged: 'nothing listens there', ...facts })

const fold = (facts: Partial<Gathered>) =>
  compose({
    look: { clusterName: 'rabbit@one', serverVersion: '3.10.8' },
    url: 'http://one:15672',
    request: {
      source: 'amqp://one:5672//orders',
      vhost: '/',
      queue: 'orders',
      user: 'ops',
      windowMs: 2000,
      signal: new AbortController().signal,
    },
    facts: { measuredAt: NOON, readings: looks(1000, 1000), ...facts },
  })

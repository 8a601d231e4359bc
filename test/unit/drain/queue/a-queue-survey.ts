import type { QueueNode, QueuePolicy, QueueSurvey } from '../../../../src/core/queue-survey.js'
import type { QueueDrainOptions } from '../../../../src/drain/queue/plan/options.js'

/** Noon of the day that all tests play on. */
export const NOON = new Date('2026-11-21T12:00:00.000Z')

/** The least that a plan needs to be asked for. */
export const someQueueOptions = (given: Partial<QueueDrainOptions> = {}): QueueDrainOptions => ({
  run: '20261121-1200-k3f9',
  now: NOON,
  ...given,
})

/** A node with 1 GiB of memory in use of 8, and 100 GiB of disk. */
export const aNode = (given: Partial<QueueNode> = {}): QueueNode => ({
  node: 'rabbit@one',
  running: true,
  memoryAlarm: false,
  diskAlarm: false,
  partitions: [],
  memoryUsed: 2n ** 30n,
  memoryLimit: 8n * 2n ** 30n,
  diskFree: 100n * 2n ** 30n,
  diskLimit: 50_000_000n,
  ...given,
})

/** A policy on everything, which is harmless unless told otherwise. */
export const aPolicy = (given: Partial<QueuePolicy> = {}): QueuePolicy => ({
  name: 'all',
  operator: false,
  pattern: '.*',
  applyTo: 'queues',
  priority: 0,
  definition: { overflow: 'reject-publish' },
  ...given,
})

type Given = Partial<Omit<QueueSurvey, 'queue' | 'total'>> & {
  readonly queue?: Partial<QueueSurvey['queue']>
  readonly total?: Partial<QueueSurvey['total']>
}

const rate = (mean: number) => ({ mean, low: mean, high: mean })

/** A healthy backlog: classic queue `orders`, 100,000 messages of 1 KiB ready, its consumers stopped. */
export const aQueueSurvey = ({ queue, total, ...given }: Given = {}): QueueSurvey => ({
  version: 1,
  system: 'rabbitmq',
  source: 'amqp://one:5672//orders',
  measuredAt: NOON.toISOString(),
  windowSeconds: 10,
  clusterName: 'rabbit@one',
  serverVersion: '3.10.8',
  production: false,
  vhost: '/',
  user: { name: 'ops', tags: ['administrator'] },
  management: { available: true, url: 'http://one:15672' },
  consumerCount: 0,
  consumers: [],
  pollers: false,
  verdict: 'idle',
  nodes: [aNode()],
  policies: [],
  temporaryQueues: [],
  waysOut: [],
  warnings: [],
  ...given,
  queue: {
    name: 'orders',
    type: 'classic',
    durable: true,
    exclusive: false,
    autoDelete: false,
    state: 'running',
    node: 'rabbit@one',
    arguments: { 'x-queue-type': 'classic' },
    definition: {},
    settings: {},
    bindings: [],
    ...queue,
  },
  total: {
    ready: 100_000n,
    unacked: 0n,
    growth: 0,
    service: 0,
    growthRate: rate(total?.growth ?? 0),
    serviceRate: rate(total?.service ?? 0),
    rateSeconds: 10,
    rates: 'measured',
    net: (total?.growth ?? 0) - (total?.service ?? 0),
    bytes: 102_400_000n,
    averageBytes: 1024,
    ...total,
  },
})

/** The same where nobody answers on the management port. */
export const aBlindSurvey = (given: Given = {}): QueueSurvey => {
  const { policies: _, ...survey } = aQueueSurvey(given)
  const { unacked: _u, bytes: _b, averageBytes: _a, ...total } = survey.total
  return {
    ...survey,
    user: { name: 'ops' },
    management: { available: false, url: 'http://one:15672', why: 'nothing listens there', missing: ['bytes'] },
    queue: { name: 'orders', type: 'unknown', settings: {} },
    total: { ...total, rates: 'net' },
    nodes: [],
  }
}

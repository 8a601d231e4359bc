import { defined } from '../../../core/defined.js'
import type { ManagementView, QueueBacklog, QueueView } from '../../../core/queue-survey.js'
import { POLLS, rose, summedCounter } from './counters.js'
import { forecasts } from './forecasts.js'
import type { Gathered } from './gather.js'
import type { QueueLook } from './look.js'
import type { MeasureQueue } from './measure.js'
import { consumersOf, queueView } from './queue-facts.js'
import { totalOf } from './totals.js'
import { warningsOf } from './warnings.js'

/** Everything that a survey is folded from. */
export type Composing = {
  readonly look: Pick<QueueLook, 'clusterName' | 'serverVersion'>
  /** Where the management API is, or would be. */
  readonly url: string
  readonly request: MeasureQueue
  readonly facts: Gathered
}

/** Folds what was gathered into a survey without its ways out. Pure. */
export const compose = ({ look, url, request, facts }: Composing): QueueBacklog => {
  const { managed, readings, measuredAt } = facts
  const consumerCount = readings.at(-1)?.consumers ?? 0
  const queue = viewOf(request, facts, look.serverVersion)
  const counted = totalOf({ readings, managed, now: measuredAt, leaks: leaks(queue) })
  const total = { ...counted, ...forecasts({ settings: queue.settings, total: counted, unused: consumerCount === 0 }) }
  const pollers = consumerCount === 0 && managed !== undefined && rose(summedCounter(managed.queue, POLLS))
  const survey = {
    version: 1 as const,
    system: 'rabbitmq' as const,
    source: request.source,
    measuredAt: new Date(measuredAt).toISOString(),
    windowSeconds: request.windowMs / 1000,
    clusterName: look.clusterName,
    serverVersion: look.serverVersion,
    production: request.production ?? false,
    vhost: request.vhost,
    user: { name: request.user, ...defined({ tags: managed?.tags }) },
    management: managementView(url, facts),
    queue,
    consumerCount,
    // The statistics name consumers up to 5 s after they are gone; the count is of now.
    consumers: managed === undefined || consumerCount === 0 ? [] : consumersOf(managed.queue),
    pollers,
    verdict: verdictOf(facts, { pollers, consumerCount, queue }),
    total,
    nodes: managed?.nodes ?? [],
    temporaryQueues: managed?.temporaryQueues ?? [],
    ...defined({ policies: managed?.policies, queueLimit: managed?.queueLimit, lock: facts.lock }),
  }
  return { ...survey, warnings: [...warningsOf(survey), ...(managed?.notes ?? [])] }
}

// What leaves a queue without being read is in the count, and in no counter.
const leaks = ({ settings }: QueueView): boolean =>
  [settings.messageTtl, settings.maxLength, settings.maxLengthBytes].some(setting => setting !== undefined)

const viewOf = ({ queue }: MeasureQueue, { managed }: Gathered, serverVersion: string): QueueView =>
  managed === undefined
    ? { name: queue, type: 'unknown', settings: {} }
    : queueView(queue, managed.queue, {
        serverVersion,
        policies: managed.policies ?? [],
        bindings: managed.bindings,
      })

type Judged = { readonly pollers: boolean; readonly consumerCount: number; readonly queue: QueueView }

// A queue that gets shorter with no consumer in sight has a reader that is not seen, unless messages expire.
const verdictOf = ({ readings }: Gathered, { pollers, consumerCount, queue }: Judged): QueueBacklog['verdict'] => {
  if (consumerCount > 0) return 'live'
  const seen = readings.some(({ consumers }) => consumers > 0)
  const fell = (readings[0]?.ready ?? 0) > (readings.at(-1)?.ready ?? 0)
  return pollers || (fell && !seen && queue.settings.messageTtl === undefined) ? 'unsure' : 'idle'
}

const MISSING = [
  'rates in and out (only their difference is known)',
  'unacked messages',
  'bytes',
  'age of the oldest message',
  'queue type, arguments and policies (so TTL, limits, dead-lettering)',
  'who consumes',
  'alarms, memory and disk of the nodes',
  'temporary queues of earlier runs',
]

const managementView = (url: string, { managed, unmanaged = 'unknown' }: Gathered): ManagementView =>
  managed === undefined ? { available: false, url, why: unmanaged, missing: MISSING } : { available: true, url }

import { lookOver } from '../../brokers/rabbitmq/survey/look-over.js'
import { measureQueue } from '../../brokers/rabbitmq/survey/measure.js'
import { asQueue, formatAddress, type Place } from '../../core/address.js'
import { defined } from '../../core/defined.js'
import type { QueueBacklog } from '../../core/queue-survey.js'
import type { Io } from '../../io.js'
import type { RabbitLinks } from './links.js'

type Window = {
  readonly windowMs: number
  readonly signal: AbortSignal
  readonly onProgress?: (elapsed: number) => void
}

/** Measures the queue of a place. Throws UserError `no-queue`, `permission`, BrokerError, and the signal's reason. */
export function measure(links: RabbitLinks, place: Place, window: Window): Promise<QueueBacklog> {
  const { settings, link, management } = links
  const address = asQueue(place.address)
  return measureQueue(lookOver(link), management, {
    source: formatAddress(address),
    vhost: settings.vhost,
    queue: address.queue ?? '',
    user: settings.username,
    ...defined({ production: settings.production }),
    ...window,
  })
}

/** A dry run has time for rates; an execution measures them while it copies. Milliseconds. */
const DRY_WINDOW_MS = 2000

/** The survey that a plan is drawn from. Throws as `measure` does. */
export const measureForPlan = (
  links: RabbitLinks,
  place: Place,
  { io, execute }: { io: Io; execute: boolean },
): Promise<QueueBacklog> => measure(links, place, { windowMs: execute ? 0 : DRY_WINDOW_MS, signal: io.soft })

import { setTimeout as sleep } from 'node:timers/promises'
import type { Gate } from '../../core/ports.js'
import { lookAt } from './admin/passive-declare.js'
import type { RabbitLink } from './link.js'
import { listOf, recordOf, textOf } from './management/fields.js'
import type { Management } from './management.js'
import { consumerSeen } from './relay/intake.js'

/** The contract: consumers are looked for every second. */
const EVERY_MS = 1000

export type Watching = {
  readonly link: RabbitLink
  readonly management: Management
  readonly queue: string
  readonly gate: Gate
  /** Says who was seen, once for each change. */
  readonly warn: (message: string) => Promise<void>
  /** Consumers of the run itself, at most. */
  readonly own: () => number
}

/**
 * Watches the consumers of a queue while it is copied, until `soft` aborts: one beside the run's own holds it until an operator resumes it. A
 * server that cannot be asked is the copy's business: it holds with its reason.
 */
export async function watchConsumers(watching: Watching, soft: AbortSignal): Promise<void> {
  const { queue, gate, warn } = watching
  for (let told = ''; !soft.aborted; ) {
    await sleep(EVERY_MS, undefined, { signal: soft }).catch(() => undefined)
    if (soft.aborted || !(await isIntruded(watching))) continue
    gate.hold(consumerSeen(queue), 'operator')
    const who = await consumersOf(watching.management, watching.link.settings.vhost, queue)
    const message = `consumers of ${queue}: ${who.join(', ')}`
    if (who.length > 0 && message !== told) await warn(message)
    told = message
  }
}

/** Its own consumers are counted before the look and after: one that is just being made or cancelled is no stranger. */
async function isIntruded({ link, queue, own }: Watching): Promise<boolean> {
  const before = own()
  const seen = await lookAt(link, queue).catch(() => undefined)
  return (seen?.consumers ?? 0) > Math.max(before, own())
}

/** Foreign consumers of a queue, `TAG at HOST` each, as far as the management API tells; none where it does not. */
export async function consumersOf(management: Management, vhost: string, queue: string): Promise<string[]> {
  const answer = await management.get(['queues', vhost, queue])
  if (!answer.ok) return []
  const details = listOf((answer.value as { consumer_details?: unknown }).consumer_details)
  return details.flatMap(consumer => {
    const at = recordOf(consumer, 'channel_details')
    const connection = textOf(at, 'connection_name') ?? ''
    return connection.includes('spillway ')
      ? []
      : [`${textOf(consumer, 'consumer_tag') ?? '?'} at ${textOf(at, 'peer_host') ?? '?'}`]
  })
}

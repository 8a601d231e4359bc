import { setTimeout as sleep } from 'node:timers/promises'
import { lookOver } from '../../../brokers/rabbitmq/survey/look-over.js'
import { measureQueue } from '../../../brokers/rabbitmq/survey/measure.js'
import type { RunSoFar } from '../../../core/fold.js'
import type { QueuePlan } from '../../../core/queue-plan.js'
import { Refusal } from '../../../errors.js'
import type { Recorder } from '../../run/recorder.js'
import type { RabbitLinks } from '../links.js'

/** The management API may tell of a new policy ten seconds late. Milliseconds. */
const LAG_MS = 11_000
const LOOK_EVERY_MS = 500
/** How the journal notes the limit near which a run was stopped. */
const NOTE = 'stopped near a delivery-limit of '

/** What is told of a queue by the plans that read it. */
type Limited = Pick<QueuePlan, 'source' | 'queue' | 'deliveryLimit'> & { readonly queueType?: QueuePlan['queueType'] }

type WithLimit<P> = Omit<P, 'deliveryLimit'> & Pick<QueuePlan, 'deliveryLimit'>

/**
 * The plan of a quorum queue with the delivery-limit that is in force on it now. The plan's own where no management API tells. Throws as
 * `measureQueue`.
 */
export async function withLimitOfNow<P extends Limited>(
  plan: P,
  links: RabbitLinks,
  signal: AbortSignal,
): Promise<WithLimit<P>> {
  if (plan.queueType !== 'quorum') return plan
  const { link, management, settings } = links
  const { vhost, username: user } = settings
  const asked = { source: plan.source, vhost, queue: plan.queue, user, windowMs: 0, signal }
  const { queue, management: view } = await measureQueue(lookOver(link), management, asked)
  if (!view.available) return plan
  const { deliveryLimit: _planned, ...rest } = plan
  const { deliveryLimit: now } = queue.settings
  return now === undefined ? rest : { ...rest, deliveryLimit: { limit: now.value, by: now.by } }
}

/**
 * The same for a run that is resumed. Where it was stopped near a limit, and that of now is not above it, throws Refusal `delivery-limit`
 * without a delivery: each would bring the messages nearer to it.
 */
export async function raisedLimit<P extends Limited>(
  plan: P,
  links: RabbitLinks,
  { state, signal }: Resumed,
): Promise<WithLimit<P>> {
  const stoppedAt = limitNoted(state)
  for (const until = Date.now() + LAG_MS; ; await sleep(LOOK_EVERY_MS)) {
    const now = await withLimitOfNow(plan, links, signal)
    if (now.deliveryLimit === undefined || now.deliveryLimit.limit > stoppedAt) return now
    if (Date.now() > until) throw notRaised(plan.queue, now.deliveryLimit)
    signal.throwIfAborted()
  }
}

type Resumed = { readonly state: RunSoFar; readonly signal: AbortSignal }

/** Tells the journal near which limit a run was stopped, if that is why it ended. */
export async function noteLimit(
  error: unknown,
  { deliveryLimit }: Pick<QueuePlan, 'deliveryLimit'>,
  { recorder, now }: { recorder: Recorder; now: Date },
): Promise<void> {
  if (!(error instanceof Refusal && error.code === 'delivery-limit') || deliveryLimit === undefined) return
  const what = `${NOTE}${deliveryLimit.limit}`
  await recorder.record({ type: 'steered', at: now.toISOString(), what, by: 'spillway' })
}

function limitNoted({ steered }: RunSoFar): number {
  const noted = steered.filter(({ what }) => what.startsWith(NOTE)).at(-1)
  return Number(noted?.what.slice(NOTE.length) ?? 0)
}

const notRaised = (queue: string, { limit, by }: { limit: number; by: string }): Refusal =>
  new Refusal(
    `The delivery-limit of ${queue} is still ${limit}; at ${limit} the queue drops or dead-letters its messages`,
    {
      code: 'delivery-limit',
      hint: `Raise it (set by ${by}) with a policy, as {"delivery-limit": ${limit + 100}}, then resume. Nothing was touched.`,
    },
  )

import type { QueueRelay } from '../../../brokers/rabbitmq/relay/open-relay.js'
import { policiesNow } from '../../../brokers/rabbitmq/survey/ask-management.js'
import { watchConsumers } from '../../../brokers/rabbitmq/watch-consumers.js'
import { watchLeader } from '../../../brokers/rabbitmq/watch-leader.js'
import { defined } from '../../../core/defined.js'
import type { Draining } from './events.js'
import { watchPolicies } from './watch-policies.js'

type Watched = Pick<Draining, 'plan' | 'gate' | 'recorder' | 'io'> & {
  readonly links: Pick<Draining['links'], 'management' | 'settings'>
  readonly relay: Pick<QueueRelay, 'look' | 'mostConsumers' | 'consuming'>
  /** Called once the policies were looked at. */
  readonly looked?: () => void
}

/** Watches the consumers of the source, its leader, and the policies on the lanes until `signal` aborts, or the run is told to stop. */
export async function watchOver(
  { plan, links, gate, recorder, io, relay, looked }: Watched,
  signal: AbortSignal,
): Promise<void> {
  const { management, settings } = links
  const { vhost } = settings
  const over = AbortSignal.any([signal, io.soft])
  const warn = (message: string) => recorder.record({ type: 'warned', at: io.now().toISOString(), message })
  const consumers = {
    look: relay.look,
    management,
    vhost,
    queue: plan.queue,
    gate,
    warn,
    mostOwn: () => relay.mostConsumers(),
  }
  const policies = () => policiesNow(management, vhost)
  // What asks the management API as the stop comes throws its reason.
  const quietly = (error: unknown) => {
    if (!io.soft.aborted) throw error
  }
  await Promise.all([
    watchConsumers(consumers, over).catch(quietly),
    watchLeader({ ...consumers, queueType: plan.queueType, consuming: relay.consuming }, over).catch(quietly),
    watchPolicies({ plan, policies, gate, warn, ...defined({ looked }) }, over).catch(quietly),
  ])
}

import { assertRights, configures, reads } from '../../../brokers/rabbitmq/admin/rights.js'
import type { RabbitLink } from '../../../brokers/rabbitmq/link.js'
import { workNames } from '../../../brokers/rabbitmq/work/work-names.js'
import type { FanoutPlan } from '../../../core/fanout-plan.js'
import { lockQueue } from '../../../core/temporary-queue.js'
import { literally } from '../../../drain/queue/plan/permissions.js'
import { quoted } from '../../../drain/ways-out/quoted.js'

/**
 * Proves that the user may read what is worked, and make the names that processes agree by; acks need no right of their own. Nothing is
 * consumed or made. Throws UserError `permission`.
 */
export async function proveWorkRights(link: RabbitLink, plan: FanoutPlan): Promise<void> {
  const queues = plan.reads === 'source' ? [plan.topic] : (plan.laneQueues ?? [])
  const names = namesOf(plan)
  const { vhost, username } = link.settings
  const configure = names.length === 0 ? '^$' : `^${literally(stem(names))}.*$`
  const rights = [configure, '^$', `^(${queues.map(literally).join('|')})$`].map(quoted).join(' ')
  const command = `rabbitmqctl set_permissions -p ${quoted(vhost)} ${quoted(username)} ${rights}  # configure, write, read: replaces what it has`
  await assertRights(link, { probes: [...names.map(configures), ...queues.map(reads)], commands: [command] })
}

/** Names that are made in any case: the lock of a source, or where an order is kept what shares the lanes out. */
function namesOf({ reads: what, topic, order, of, run, laneQueues = [] }: FanoutPlan): readonly string[] {
  if (what === 'source') return [lockQueue(topic)]
  if (order === 'none') return []
  const names = workNames(of ?? run)
  return [names.slot(0), ...laneQueues.slice(0, 1).map(queue => names.lane(queue.slice(queue.lastIndexOf('.') + 1)))]
}

/** What the names begin with. */
const stem = ([first = '', second = first]: readonly string[]): string => {
  let same = 0
  while (same < first.length && first[same] === second[same]) same++
  return first.slice(0, same)
}

import type { QueuePlan } from '../../../core/queue-plan.js'
import { lockQueue, temporaryQueueBase } from '../../../core/temporary-queue.js'
import type { RabbitLink } from '../link.js'
import { assertRights, binds, configures, type Probe, reads } from './rights.js'

/** Proves the rights that a drain and its undo need, by requests that change nothing. Throws UserError `permission`. */
export const proveRights = (link: RabbitLink, plan: QueuePlan): Promise<void> =>
  assertRights(link, { probes: probesOf(plan), commands: plan.permissions })

/** The same for a run that locks a queue and reads it, or purges it, and makes nothing else. */
export async function proveReading(link: RabbitLink, queue: string): Promise<void> {
  const { vhost, username } = link.settings
  const grant = `configure on ${lockQueue(queue)} and read on ${queue}: rabbitmqctl set_permissions -p ${vhost} ${username} CONFIGURE WRITE READ`
  await assertRights(link, { probes: [configures(lockQueue(queue)), reads(queue)], commands: [grant] })
}

/** Of the lanes the first and the last are asked for: a pattern may know one number and not the other. */
function probesOf({ queue, run, laneQueues }: QueuePlan): Probe[] {
  const [first = '', last = first] = [laneQueues[0], laneQueues.at(-1)]
  const undo = `${temporaryQueueBase(queue, run)}.undo`
  return [
    ...[lockQueue(queue), first, last, undo, lockQueue(first)].map(configures),
    ...[queue, first, last].map(reads),
    binds(first, first),
    binds(last, last),
    binds(queue, undo),
  ]
}

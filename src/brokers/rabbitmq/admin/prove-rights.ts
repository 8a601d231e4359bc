import type { Channel } from 'amqplib'
import type { QueuePlan } from '../../../core/queue-plan.js'
import { lockQueue, temporaryQueueBase } from '../../../core/temporary-queue.js'
import { UserError } from '../../../errors.js'
import { brokerWords, replyCode } from '../errors.js'
import type { RabbitLink } from '../link.js'
import { onChannel } from './passive-declare.js'

/** One of the three rights of RabbitMQ (documentation, "Access Control") on one name. */
type Right = { readonly right: 'configure' | 'write' | 'read'; readonly name: string }
/** A request that changes nothing, and what its refusal means, by the kind of thing that the refusal names. */
type Probe = {
  readonly ask: (channel: Channel) => Promise<unknown>
  readonly needs: Partial<Record<'queue' | 'exchange', Right>>
}

/** No binding has this key, so that taking it away takes nothing. */
const NO_KEY = 'spillway.probe'

/**
 * Proves the rights that a run and its undo need, by requests that change nothing even where the names are taken: the broker looks at
 * rights before it looks whether the thing is there (rabbit_channel, handle_method). Throws UserError `permission` with everything that is
 * missing and the command that grants it.
 */
export async function proveRights(link: RabbitLink, plan: QueuePlan): Promise<void> {
  await proveAll(link, probesOf(plan), plan.permissions.join(' '))
}

/** The same for a run that locks a queue and reads it, or purges it, and makes nothing else. */
export async function proveReading(link: RabbitLink, queue: string): Promise<void> {
  const { vhost, username } = link.settings
  const grant = `configure on ${lockQueue(queue)} and read on ${queue}: rabbitmqctl set_permissions -p ${vhost} ${username} CONFIGURE WRITE READ`
  await proveAll(link, [configures(lockQueue(queue)), reads(queue)], grant)
}

async function proveAll(link: RabbitLink, probes: readonly Probe[], needs: string): Promise<void> {
  const missing: Right[] = []
  for (const probe of probes) {
    const right = await refusedRight(link, probe)
    if (right !== undefined && !missing.some(each => same(each, right))) missing.push(right)
  }
  if (missing.length === 0) return
  const { vhost, username } = link.settings
  throw new UserError(`User ${username} lacks rights in virtual host ${vhost}: ${inWords(missing)}`, {
    code: 'permission',
    hint: `Nothing was made. What the run needs: ${needs}`,
    details: missing.map(right => ({ at: right.name, message: `${right.right} is missing` })),
  })
}

const same = (a: Right, b: Right): boolean => a.right === b.right && a.name === b.name

/** `configure on a, b; read on c`. */
const inWords = (missing: readonly Right[]): string =>
  [...new Set(missing.map(({ right }) => right))]
    .map(right => `${right} on ${missing.flatMap(each => (each.right === right ? each.name : [])).join(', ')}`)
    .join('; ')

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

/** An exchange of these names is never there, or bound and so in use. */
const configures = (name: string): Probe => ({
  ask: channel => channel.deleteExchange(name, { ifUnused: true }),
  needs: { exchange: { right: 'configure', name } },
})

/** A priority that is no number is refused, but only to who may read. */
const reads = (name: string): Probe => ({
  async ask(channel) {
    await channel.prefetch(1)
    await channel.consume(name, () => undefined, { arguments: { 'x-priority': 'none' } })
  },
  needs: { queue: { right: 'read', name } },
})

/** Binding asks for write on the queue and read on the exchange, and so does taking a binding away that is not there. */
const binds = (queue: string, exchange: string): Probe => ({
  ask: channel => channel.unbindQueue(queue, exchange, NO_KEY),
  needs: { queue: { right: 'write', name: queue }, exchange: { right: 'read', name: exchange } },
})

/** The right that the broker found missing; undefined where it said yes, or no for another reason. */
const refusedRight = (link: RabbitLink, { ask, needs }: Probe): Promise<Right | undefined> =>
  onChannel(link, { doing: 'Asking for rights' }, async channel => {
    try {
      await ask(channel)
      return undefined
    } catch (failure) {
      const code = replyCode(failure)
      if (code === 0) throw failure
      // "access to queue 'x' in vhost …", with the right in front since 3.11; an exclusive consumer is a 403 of other words.
      const kind = /access to (queue|exchange) /.exec(brokerWords(failure))?.[1]
      return code === 403 && (kind === 'queue' || kind === 'exchange') ? needs[kind] : undefined
    }
  })

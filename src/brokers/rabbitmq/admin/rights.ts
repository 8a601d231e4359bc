import type { Channel } from 'amqplib'
import { UserError } from '../../../errors.js'
import { brokerWords, replyCode } from '../errors.js'
import type { RabbitLink } from '../link.js'
import { onChannel } from './passive-declare.js'

/** One of the three rights of RabbitMQ (documentation, "Access Control") on one name. */
type Right = { readonly right: 'configure' | 'write' | 'read'; readonly name: string }
/** A request that changes nothing, and what its refusal means, by the kind of thing that the refusal names. */
export type Probe = {
  readonly ask: (channel: Channel) => Promise<unknown>
  readonly needs: Partial<Record<'queue' | 'exchange', Right>>
}

/** No binding has this key, so that taking it away takes nothing. */
const NO_KEY = 'spillway.probe'

/**
 * Proves rights by requests that change nothing even where the names are taken: the broker looks at rights before it looks whether the thing
 * is there (rabbit_channel, handle_method). Throws UserError `permission` with everything that is missing and the commands that grant it.
 */
export async function assertRights(
  link: RabbitLink,
  { probes, commands }: { readonly probes: readonly Probe[]; readonly commands: readonly string[] },
): Promise<void> {
  const missing: Right[] = []
  for (const probe of probes) {
    const right = await refusedRight(link, probe)
    if (right !== undefined && !missing.some(each => same(each, right))) missing.push(right)
  }
  if (missing.length === 0) return
  const { vhost, username } = link.settings
  throw new UserError(`User ${username} lacks rights in virtual host ${vhost}: ${inWords(missing)}`, {
    code: 'permission',
    hint: `Nothing was made. What the run needs: ${commands.join(' ')}`,
    details: missing.map(right => ({ at: right.name, message: `${right.right} is missing` })),
  })
}

const same = (a: Right, b: Right): boolean => a.right === b.right && a.name === b.name

/** `configure on a, b; read on c`. */
const inWords = (missing: readonly Right[]): string =>
  [...new Set(missing.map(({ right }) => right))]
    .map(right => `${right} on ${missing.flatMap(each => (each.right === right ? each.name : [])).join(', ')}`)
    .join('; ')

/** May a queue or exchange of this name be made and deleted? No exchange has it, or it is bound and so in use. */
export const configures = (name: string): Probe => ({
  ask: channel => channel.deleteExchange(name, { ifUnused: true }),
  needs: { exchange: { right: 'configure', name } },
})

/** May a queue be consumed? A priority that is no number is refused, but only to who may. */
export const reads = (name: string): Probe => ({
  async ask(channel) {
    await channel.prefetch(1)
    await channel.consume(name, () => undefined, { arguments: { 'x-priority': 'none' } })
  },
  needs: { queue: { right: 'read', name } },
})

/** Binding asks for write on the queue and read on the exchange, and so does taking a binding away that is not there. */
export const binds = (queue: string, exchange: string): Probe => ({
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

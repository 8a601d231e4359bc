import { BrokerError } from '../../../errors.js'
import { check } from '../errors.js'
import type { Link, Wire } from '../link.js'
import { principalOf } from '../settings.js'
import { call } from '../wire/call.js'
import { patiently } from './patiently.js'

/**
 * The broker that keeps a group or a transactional id (FindCoordinator v2). The broker creates the internal topic where
 * it is missing: a dry run asks `internalTopicExists` first. Throws UserError `permission`, BrokerError.
 */
export function findCoordinator(link: Link, key: string, kind: 'group' | 'transaction'): Promise<number> {
  return patiently(link, async () => {
    const names =
      kind === 'group' ? { group: key, operation: 'Describe' } : { transactionalId: key, operation: 'Describe' }
    return call(await link.any(), {
      request: { api: 10, version: 2, name: 'FindCoordinator', throttleAt: 0 },
      write: w => w.str(key).i8(kind === 'group' ? 0 : 1),
      read: r => {
        r.i32()
        const [error, message, node] = [r.i16(), r.nullableStr(), r.i32()]
        check(error, {
          doing: `Finding the coordinator of ${kind} ${key}`,
          ...names,
          message,
          principal: principalOf(link.settings),
        })
        return node
      },
    })
  })
}

/** Runs an attempt on the coordinator's control wire, looked up anew when it moved. */
export function onCoordinator<T>(link: Link, group: string, attempt: (wire: Wire) => Promise<T>): Promise<T> {
  return patiently(link, async () => attempt(await link.wire(await findCoordinator(link, group, 'group'))))
}

/** Runs an attempt on the controller, or on any broker of a cluster that names none (KRaft forwards). */
export function onController<T>(link: Link, attempt: (wire: Wire) => Promise<T>): Promise<T> {
  return patiently(link, async () => {
    const node = link.controller()
    return attempt(node < 0 ? await link.any() : await link.wire(node))
  })
}

/** The answer for the one item that was asked for; throws BrokerError when the broker left it out. */
export function only<T>(items: readonly T[], name: string): T {
  const [item] = items
  if (item === undefined) throw new BrokerError(`The broker answered nothing about ${name}`, { retry: false })
  return item
}

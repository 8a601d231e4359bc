import { check } from '../errors.js'
import type { Link, Wire } from '../link.js'
import { principalOf } from '../settings.js'
import { call } from '../wire/call.js'
import { patiently } from './patiently.js'

/** A group as its coordinator lists it; `state` from Kafka 2.6, `type` (classic, consumer, share…) from 3.8. */
export type ListedGroup = {
  readonly id: string
  readonly protocolType: string
  readonly state?: string
  readonly type?: string
}

const LIST_GROUPS = 16

/** ListGroups on every broker; creates nothing. Only groups that the user may describe. Throws BrokerError. */
export function listGroups(link: Link): Promise<ListedGroup[]> {
  return patiently(link, async () => {
    const each = link.nodes().map(async ({ node }) => ask(link, await link.wire(node)))
    return (await Promise.all(each)).flat()
  })
}

function ask(link: Link, wire: Wire): Promise<ListedGroup[]> {
  const about = { doing: 'Listing groups', principal: principalOf(link.settings) }
  const version = [5, 4].find(each => link.supports(LIST_GROUPS, each))
  if (version === undefined) return askV2(wire, about)
  return call(wire, {
    request: { api: LIST_GROUPS, version, name: 'ListGroups', flexible: true, throttleAt: 0 },
    write: w =>
      version === 5
        ? w
            .carray([], () => {})
            .carray([], () => {})
            .tags()
        : w.carray([], () => {}).tags(),
    read: r => {
      r.i32()
      check(r.i16(), about)
      return r.carray(r => {
        const group = { id: r.cstr(), protocolType: r.cstr(), state: r.cstr() }
        const listed = version === 5 ? { ...group, type: r.cstr().toLowerCase() } : group
        r.tags()
        return listed
      })
    },
  })
}

const askV2 = (wire: Wire, about: { doing: string }): Promise<ListedGroup[]> =>
  call(wire, {
    request: { api: LIST_GROUPS, version: 2, name: 'ListGroups', throttleAt: 0 },
    write: () => {},
    read: r => {
      r.i32()
      check(r.i16(), about)
      return r.array(r => ({ id: r.str(), protocolType: r.str() }))
    },
  })

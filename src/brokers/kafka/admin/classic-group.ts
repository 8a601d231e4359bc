import type { Member } from '../../../core/survey.js'
import type { Link, Wire } from '../link.js'
import { call } from '../wire/call.js'
import { Reader } from '../wire/reader.js'
import { only } from './coordinator.js'

/** One protocol's answer about a group. `error` is a code; 69 GROUP_ID_NOT_FOUND: it is not of this protocol. */
export type GroupAnswer = {
  readonly error: number
  readonly message: string
  readonly state: string
  readonly protocolType: string
  readonly members: readonly Member[]
}

const DESCRIBE_GROUPS = 15

/** DescribeGroups v5, v6 where there (Kafka 4.0, KIP-1043: it no longer calls other protocols' groups Dead). */
export function askDescribeGroup(wire: Wire, link: Pick<Link, 'supports'>, group: string): Promise<GroupAnswer> {
  const version = link.supports(DESCRIBE_GROUPS, 6) ? 6 : 5
  return call(wire, {
    request: { api: DESCRIBE_GROUPS, version, name: 'DescribeGroups', flexible: true, throttleAt: 0 },
    write: w =>
      w
        .carray([group], (id, w) => w.cstr(id))
        .bool(false)
        .tags(),
    read: r => {
      r.i32()
      return only(
        r.carray(r => answer(r, version)),
        group,
      )
    },
  })
}

function answer(r: Reader, version: number): GroupAnswer {
  const [error, message] = [r.i16(), version === 6 ? r.cstr() : '']
  r.cstr()
  const [state, protocolType] = [r.cstr(), r.cstr()]
  r.cstr()
  const members = r.carray(r => member(r, protocolType))
  r.skip(4).tags()
  return { error, message, state, protocolType, members }
}

function member(r: Reader, protocolType: string): Member {
  const id = r.cstr()
  r.cstr()
  const [clientId, host] = [r.cstr(), r.cstr()]
  const subscription = r.cbytes()
  r.cbytes()
  r.tags()
  return protocolType === 'consumer' && subscription.length > 0
    ? { id, clientId, host, topics: subscribed(subscription) }
    : { id, clientId, host }
}

/** ConsumerProtocolSubscription: its version, then the topics; later fields are not read. */
const subscribed = (subscription: Buffer): string[] => {
  const r = new Reader(subscription)
  r.i16()
  return r.array(r => r.str())
}

import type { Member } from '../../../core/survey.js'
import type { Wire } from '../link.js'
import { call } from '../wire/call.js'
import type { Reader } from '../wire/reader.js'
import type { GroupAnswer } from './classic-group.js'
import { only } from './coordinator.js'

/** A group protocol later than the classic one, and how its describe request reads. */
export type NewProtocol = {
  readonly protocol: 'consumer' | 'share' | 'streams'
  readonly api: number
  readonly name: string
  readonly versions: readonly number[]
  /** Members stand where they can be read without knowing the rest of the answer. */
  readonly member?: (r: Reader, version: number) => Member
}

/** Of KIP-848 (69), KIP-932 (77) and KIP-1071 (89). */
export const NEW_PROTOCOLS: readonly NewProtocol[] = [
  { protocol: 'consumer', api: 69, name: 'ConsumerGroupDescribe', versions: [1, 0], member: consumerMember },
  { protocol: 'share', api: 77, name: 'ShareGroupDescribe', versions: [1, 0], member: shareMember },
  { protocol: 'streams', api: 89, name: 'StreamsGroupDescribe', versions: [0] },
]

/** Asks the coordinator in one of the new protocols. */
export const askNewGroup = (wire: Wire, kind: NewProtocol & { version: number }, group: string): Promise<GroupAnswer> =>
  call(wire, {
    request: { api: kind.api, version: kind.version, name: kind.name, flexible: true, throttleAt: 0 },
    write: w =>
      w
        .carray([group], (id, w) => w.cstr(id))
        .bool(false)
        .tags(),
    read: r => {
      r.i32()
      r.uvarint()
      return only([answer(r, kind)], group)
    },
  })

/** Only one group is asked for, so what follows the members need not be read. */
function answer(r: Reader, { protocol, version, member }: NewProtocol & { version: number }): GroupAnswer {
  const [error, message] = [r.i16(), r.cstr()]
  r.cstr()
  const state = r.cstr()
  if (error !== 0 || member === undefined) return { error, message, state, protocolType: protocol, members: [] }
  r.skip(8).cstr()
  return { error, message, state, protocolType: protocol, members: r.carray(r => member(r, version)) }
}

function consumerMember(r: Reader, version: number): Member {
  const id = r.cstr()
  r.cstr()
  r.cstr()
  r.i32()
  const [clientId, host] = [r.cstr(), r.cstr()]
  const subscribed = r.carray(r => r.cstr())
  r.cstr()
  const topics = [...new Set([...subscribed, ...assignment(r)])]
  assignment(r)
  if (version >= 1) r.i8()
  r.tags()
  return { id, clientId, host, topics }
}

function shareMember(r: Reader): Member {
  const id = r.cstr()
  r.cstr()
  r.i32()
  const [clientId, host] = [r.cstr(), r.cstr()]
  r.carray(r => r.cstr())
  assignment(r)
  r.tags()
  return { id, clientId, host }
}

function assignment(r: Reader): string[] {
  const topics = r.carray(r => {
    r.uuid()
    const name = r.cstr()
    r.carray(r => r.i32())
    r.tags()
    return name
  })
  r.tags()
  return topics
}

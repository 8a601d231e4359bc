import type { Wire } from '../link.js'
import { call } from '../wire/call.js'
import type { Reader } from '../wire/reader.js'

/** Error codes that a member answers to: https://kafka.apache.org/protocol.html#protocol_error_codes */
export const GROUP_ERROR = {
  illegalGeneration: 22,
  inconsistentProtocol: 23,
  unknownMember: 25,
  rebalanceInProgress: 27,
  memberIdRequired: 79,
  groupFull: 81,
  fencedInstance: 82,
} as const

/** Who asks, as the coordinator knows it. */
export type MemberName = { readonly group: string; readonly generation: number; readonly member: string }

export type JoinRequest = {
  readonly group: string
  /** Empty at the first try: the answer MEMBER_ID_REQUIRED brings it (KIP-394). */
  readonly member: string
  readonly sessionMs: number
  readonly rebalanceMs: number
  readonly protocols: readonly { readonly name: string; readonly metadata: Buffer }[]
  /** How long the coordinator may keep the request, in ms. */
  readonly timeoutMs: number
}

export type Joined = {
  readonly error: number
  readonly generation: number
  readonly protocol: string
  readonly leader: string
  readonly member: string
  /** All members with their subscriptions, for the leader alone. */
  readonly members: readonly { readonly member: string; readonly metadata: Buffer }[]
}

/** JoinGroup v5: answered when all members have joined. Throws BrokerError where no answer comes; codes are in `error`. */
export const joinGroup = (wire: Wire, join: JoinRequest): Promise<Joined> =>
  call(wire, {
    request: { api: 11, version: 5, name: 'JoinGroup', throttleAt: 0 },
    timeoutMs: join.timeoutMs,
    write: w =>
      w
        .str(join.group)
        .i32(join.sessionMs)
        .i32(join.rebalanceMs)
        .str(join.member)
        .str(null)
        .str('consumer')
        .array(join.protocols, ({ name, metadata }, w) => w.str(name).bytes(metadata)),
    read: readJoined,
  })

function readJoined(r: Reader): Joined {
  r.i32()
  const [error, generation, protocol, leader, member] = [r.i16(), r.i32(), r.str(), r.str(), r.str()]
  const members = r.array(r => {
    const member = r.str()
    r.nullableStr()
    return { member, metadata: r.bytes() }
  })
  return { error, generation, protocol, leader, member, members }
}

/** SyncGroup v3; the leader hands in everybody's assignment. Throws BrokerError where no answer comes. */
export const syncGroup = (
  wire: Wire,
  { group, generation, member }: MemberName,
  assignments: readonly { readonly member: string; readonly assignment: Buffer }[],
): Promise<{ readonly error: number; readonly assignment: Buffer }> =>
  call(wire, {
    request: { api: 14, version: 3, name: 'SyncGroup', throttleAt: 0 },
    timeoutMs: 90_000,
    write: w =>
      w
        .str(group)
        .i32(generation)
        .str(member)
        .str(null)
        .array(assignments, (each, w) => w.str(each.member).bytes(each.assignment)),
    read: r => {
      r.i32()
      return { error: r.i16(), assignment: r.bytes() }
    },
  })

/** Heartbeat v3; resolves with the error code. */
export const heartbeat = (wire: Wire, { group, generation, member }: MemberName): Promise<number> =>
  call(wire, {
    request: { api: 12, version: 3, name: 'Heartbeat', throttleAt: 0 },
    timeoutMs: 10_000,
    write: w => w.str(group).i32(generation).str(member).str(null),
    read: r => r.skip(4).i16(),
  })

/** LeaveGroup v3; resolves with the error code. A member that is not known any more has left. */
export const leaveGroup = (wire: Wire, { group, member }: Omit<MemberName, 'generation'>): Promise<number> =>
  call(wire, {
    request: { api: 13, version: 3, name: 'LeaveGroup', throttleAt: 0 },
    timeoutMs: 5_000,
    write: w => w.str(group).array([member], (each, w) => w.str(each).str(null)),
    read: r => r.skip(4).i16(),
  })

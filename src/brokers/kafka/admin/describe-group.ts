import type { GroupView } from '../../../core/survey.js'
import { check } from '../errors.js'
import type { Link, Wire } from '../link.js'
import { principalOf } from '../settings.js'
import { askDescribeGroup, type GroupAnswer } from './classic-group.js'
import { findCoordinator } from './coordinator.js'
import { mayAsk } from './group-topic.js'
import { askNewGroup, NEW_PROTOCOLS } from './new-groups.js'
import { patiently } from './patiently.js'

const GROUP_ID_NOT_FOUND = 69
/** A broker that announces the api but has the protocol switched off. */
const OFF = new Set([35, 42])

/**
 * The state of a group, the newest protocols asked first: below DescribeGroups v6 a live group of another protocol is
 * called Dead there (KIP-1043), so Dead counts as absent only where ConsumerGroupDescribe says GROUP_ID_NOT_FOUND.
 * Creates nothing: see `mayAsk`. Throws UserError `permission`, BrokerError.
 */
export async function describeGroup(link: Link, group: string): Promise<GroupView> {
  if (!(await mayAsk(link, group))) return absent(group, -1)
  return patiently(link, async () => {
    const node = await findCoordinator(link, group, 'group')
    return (await inNewProtocols(link, await link.wire(node), group)) ?? inClassic(link, await link.wire(node), group)
  })
}

async function inNewProtocols(link: Link, wire: Wire, group: string): Promise<GroupView | undefined> {
  for (const kind of NEW_PROTOCOLS) {
    const version = kind.versions.find(each => link.supports(kind.api, each))
    if (version === undefined) continue
    const answer = await askNewGroup(wire, { ...kind, version }, group)
    if (answer.error === GROUP_ID_NOT_FOUND || OFF.has(answer.error)) continue
    checkGroup(link, group, answer)
    return judged(answer, { id: group, protocol: kind.protocol, coordinator: wire.node })
  }
  return undefined
}

async function inClassic(link: Link, wire: Wire, group: string): Promise<GroupView> {
  const answer = await askDescribeGroup(wire, link, group)
  if (answer.error === GROUP_ID_NOT_FOUND) return absent(group, wire.node)
  checkGroup(link, group, answer)
  if (answer.state === 'Dead') return absent(group, wire.node)
  return judged(answer, { id: group, protocol: 'classic', coordinator: wire.node })
}

const checkGroup = (link: Link, group: string, { error, message }: GroupAnswer): void =>
  check(error, {
    doing: `Looking at group ${group}`,
    group,
    operation: 'Describe',
    message,
    principal: principalOf(link.settings),
  })

type Identity = Pick<GroupView, 'id' | 'protocol' | 'coordinator'>

/** Idle only when positively Empty; members, or a state that has some, are live; all else is unsure. */
export function judged(
  { state, protocolType, members }: Omit<GroupAnswer, 'error' | 'message'>,
  identity: Identity,
): GroupView {
  const idle = state === 'Empty' && members.length === 0
  const live = members.length > 0 || LIVE.has(state)
  const verdict = idle ? 'idle' : live ? 'live' : 'unsure'
  return { ...identity, exists: true, state, protocolType, members, verdict }
}

const LIVE = new Set(['Stable', 'PreparingRebalance', 'CompletingRebalance', 'Assigning', 'Reconciling', 'NotReady'])

const absent = (id: string, coordinator: number): GroupView => ({
  id,
  exists: false,
  protocol: 'none',
  state: 'Dead',
  protocolType: '',
  members: [],
  verdict: 'idle',
  coordinator,
})

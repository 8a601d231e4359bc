import { Refusal } from '../../../errors.js'
import { describeGroup } from '../admin/describe-group.js'
import type { Link } from '../link.js'

/**
 * Refuses a group that members of one of the new protocols (KIP-848, KIP-932, KIP-1071) work in: brokers let a classic member join some of those, and would then
 * share lanes out by rules that know no closing of a lane. Throws Refusal `group-protocol`.
 */
export async function assertClassic(link: Link, group: string): Promise<void> {
  const { protocol, members, verdict } = await describeGroup(link, group)
  if (protocol === 'classic' || protocol === 'none' || (verdict === 'idle' && members.length === 0)) return
  throw new Refusal(
    `Group ${group} has ${members.length || 'some'} members of the ${protocol} group protocol (group.protocol=${protocol})`,
    {
      code: 'group-protocol',
      hint: 'Spillway joins classic groups. Stop these consumers, let them use group.protocol=classic, or name another group with --group.',
    },
  )
}

import { check } from '../errors.js'
import type { Link } from '../link.js'
import { principalOf } from '../settings.js'
import { askDescribeGroup } from './classic-group.js'
import { listGroups } from './list-groups.js'
import { internalTopicExists } from './topics.js'

const OFFSETS = '__consumer_offsets'
const GROUP_AUTHORIZATION_FAILED = 30
/** The topic is never deleted, so a positive answer holds for the life of the link. */
const seen = new WeakSet<Link>()

/**
 * Whether asking for this group's coordinator is harmless: FindCoordinator creates __consumer_offsets where it is
 * missing. Where the user may not see that topic, a group that any broker lists proves it. Throws UserError
 * `permission` for a group that the user may not see.
 */
export async function mayAsk(link: Link, group: string): Promise<boolean> {
  if (seen.has(link)) return true
  const there = await internalTopicExists(link, OFFSETS)
  const may = there === 'hidden' ? await provenByGroups(link, group) : there
  if (may) seen.add(link)
  return may
}

/** DescribeGroups at any broker: a refusal comes before the broker looks whether it is the coordinator. */
async function provenByGroups(link: Link, group: string): Promise<boolean> {
  const { error } = await askDescribeGroup(await link.any(), link, group)
  const about = { doing: `Looking at group ${group}`, group, operation: 'Describe' }
  if (error === GROUP_AUTHORIZATION_FAILED) check(error, { ...about, principal: principalOf(link.settings) })
  return (await listGroups(link)).length > 0
}

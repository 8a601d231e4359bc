import { SpillwayError } from '../../../errors.js'
import { listGroups } from '../admin/list-groups.js'
import { committedOffsets } from '../admin/offsets.js'
import type { Link } from '../link.js'

/** Every topic but this one on which the group has committed: they stop with it. Throws BrokerError, UserError. */
export const otherTopicsOf = async (link: Link, group: string, topic: string): Promise<string[]> =>
  [...(await committedOffsets(link, group)).keys()].filter(name => name !== topic).sort()

/** Other groups with commits on the topic; how many were not asked, for their number or a refusal. */
export type OtherGroups = { readonly groups: readonly string[]; readonly notAsked: number }

const GROUPS_AT_MOST = 500
const AT_ONCE = 8
const WITHIN_MS = 10_000

/** Asks at most 500 groups, for ten seconds or until the signal, whether they committed on the topic. Throws BrokerError. */
export const otherGroupsOf = async (
  link: Link,
  { topic, group, partitions }: { topic: string; group: string; partitions: readonly number[] },
  signal: AbortSignal,
): Promise<OtherGroups> => {
  const listed = (await listGroups(link)).filter(each => each.id !== group && each.type !== 'share')
  const queue = listed.slice(0, GROUPS_AT_MOST).map(each => each.id)
  const deadline = performance.now() + WITHIN_MS
  const groups: string[] = []
  let notAsked = listed.length - queue.length
  const work = async () => {
    for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
      const reads =
        signal.aborted || performance.now() > deadline ? undefined : await hasCommits(link, id, { topic, partitions })
      if (reads) groups.push(id)
      if (reads === undefined) notAsked += 1
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  return { groups: groups.sort(), notAsked }
}

type Where = { readonly topic: string; readonly partitions: readonly number[] }

// A group that vanished meanwhile or may not be seen is counted, not thrown.
const hasCommits = async (link: Link, group: string, where: Where): Promise<boolean | undefined> => {
  try {
    return (await committedOffsets(link, group, where)).has(where.topic)
  } catch (error) {
    if (error instanceof SpillwayError) return undefined
    throw error
  }
}

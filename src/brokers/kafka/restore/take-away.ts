import { setTimeout as sleep } from 'node:timers/promises'
import { RunError } from '../../../errors.js'
import { deleteGroup, deleteTopic } from '../admin/deletions.js'
import { describeGroup } from '../admin/describe-group.js'
import { committedOffsets } from '../admin/offsets.js'
import { describeTopic } from '../admin/topics.js'
import type { Link } from '../link.js'

const WITHIN_MS = 10_000
const POLL_MS = 100

/**
 * Deletes the temporary topic by its id, and waits until the cluster does not list it any more; one of the same name
 * that was made since stays. Throws UserError `permission`, BrokerError, RunError `still-there`.
 */
export async function takeTopicAway(link: Link, name: string, id: string): Promise<void> {
  const isThere = async () => {
    const found = await describeTopic(link, name)
    return found !== undefined && (id === '' || found.id === id)
  }
  if (!(await isThere())) return
  await deleteTopic(link, name, id)
  for (const until = Date.now() + WITHIN_MS; await isThere(); await sleep(POLL_MS))
    if (Date.now() > until)
      throw new RunError(`Topic ${name} is still listed ${WITHIN_MS / 1000} s after it was deleted`, {
        code: 'still-there',
        hint: 'Look at the controller’s log, then give the same command again.',
      })
}

/** What became of the group that worked the lanes. */
export type GroupTaken = 'gone' | 'deleted' | 'has members' | 'reads other topics'

/** Deletes the lanes group where it is idle and has no offsets elsewhere; leaves it alone otherwise. Throws BrokerError. */
export async function takeGroupAway(link: Link, group: string, temporaryTopic: string): Promise<GroupTaken> {
  const view = await describeGroup(link, group)
  if (!view.exists) return 'gone'
  if (view.verdict !== 'idle') return 'has members'
  const topics = [...(await committedOffsets(link, group)).keys()]
  if (topics.some(topic => topic !== temporaryTopic)) return 'reads other topics'
  await deleteGroup(link, group)
  return 'deleted'
}

import { createHash } from 'node:crypto'

/** Prefix of every transactional id, so that the ACL can be granted beforehand. */
export const TRANSACTIONAL_PREFIX = 'spillway-'

/** The transactional id of one source partition: the same for every run on this group and topic, so that each fences the one before. */
export function transactionalId(group: string, topic: string, partition: number): string {
  const hash = createHash('sha256').update(`${group}\0${topic}`).digest('hex').slice(0, 16)
  return `${TRANSACTIONAL_PREFIX}${hash}-${partition}`
}

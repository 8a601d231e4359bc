import type { GroupOnLanes } from '../../../brokers/kafka/restore/look-at-lanes.js'
import type { Member } from '../../../core/survey.js'
import { some } from '../../restore/words.js'

/** `consumer-1 at 10.0.0.7, …`, three at most. */
export const membersInWords = (members: readonly Member[]): string =>
  some(members.map(({ clientId, host }) => `${clientId} at ${host.replace(/^\//, '')}`))

/** Why the members of a group stand in the way; undefined where there are none. */
export const inTheWay = ({ id, members, verdict }: GroupOnLanes, topic: string): string | undefined => {
  if (members.length > 0) return `group ${id} has members on ${topic}: ${membersInWords(members)}; stop them`
  return verdict === 'idle' ? undefined : `group ${id} on ${topic} is not provably idle; stop its members`
}

import type { ReplayRequest } from '../../commands/requests.js'
import type { Place } from '../../core/address.js'
import { resolvePlace } from '../../settings.js'
import { withAgain } from '../fanout/subject.js'
import type { Resolved, Where } from '../system.js'
import type { ReplaySubject } from './ends.js'

/** Where a replay sends: the given target, or what the messages came from, with the credentials that were given again. Throws UserError. */
export function placeOf(
  { to, again, config }: ReplayRequest,
  { origin }: ReplaySubject,
  { io }: Where,
): Promise<Resolved> {
  const place: Place = to === 'origin' ? withoutGroup(origin) : to
  return resolvePlace(withAgain(place, again?.target), { io, config })
}

/** What is sent to has no group. */
function withoutGroup(place: Place): Place {
  const { address } = place
  if (address.kind !== 'kafka') return place
  const { group: _none, ...rest } = address
  return { ...place, address: rest }
}

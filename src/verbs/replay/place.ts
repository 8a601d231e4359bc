import type { ReplayRequest } from '../../commands/requests.js'
import type { Place } from '../../core/address.js'
import { UserError } from '../../errors.js'
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
  const place = to === 'origin' ? withoutGroup(origin) : to
  return resolvePlace(withAgain(place, again?.target), { io, config })
}

/** What is sent to has no group. */
/** Throws UserError for rows. */
function withoutGroup(place: Place | undefined): Place {
  if (place === undefined)
    throw new UserError('Rows come from no topic and no queue', {
      hint: 'Name where they go: --to kafka://host:9092/TOPIC.',
    })
  const { address } = place
  if (address.kind !== 'kafka') return place
  const { group: _none, ...rest } = address
  return { ...place, address: rest }
}

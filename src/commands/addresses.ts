import { formatAddress, type Place, parseAddress } from '../core/address.js'
import { looksLikeTime } from '../core/zone.js'
import { UserError } from '../errors.js'

/** An address that names a topic and a group: what survey and drain work on. */
export const parseSource = (text: string): Place => {
  const place = parseAddress(text)
  const shown = formatAddress(place.address)
  if (place.address.topic === undefined)
    throw new UserError(`${shown} names no topic`, { hint: `Write ${shown}/TOPIC?group=G.` })
  if (place.address.group !== undefined) return place
  const server = place.address.brokers[0] ?? 'HOST:9092'
  throw new UserError(`${shown} names no group`, {
    hint: `Add ?group=G. To list the groups: kafka-consumer-groups.sh --bootstrap-server ${server} --list`,
  })
}

/** An address of a topic that is written to: no group. */
export const parseTarget = (text: string): Place => {
  if (looksLikeTime(text))
    throw new UserError(`"${text}" is a time, not an address`, {
      hint: '--to takes where to copy to. A time goes to --to-time of replay.',
    })
  const place = parseAddress(text)
  if (place.address.group === undefined) return place
  throw new UserError('A target has no group', {
    hint: 'Leave ?group= away; --group names the group that will work the lanes.',
  })
}

/** An address of a cluster alone. */
export const parseCluster = (text: string): Place => {
  const place = parseAddress(text)
  if (place.address.topic === undefined && place.address.group === undefined) return place
  throw new UserError('Only the cluster is wanted here', {
    hint: 'Write kafka://host:9092, or its NAME in spillway.yaml.',
  })
}

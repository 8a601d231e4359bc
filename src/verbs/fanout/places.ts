import type { HandlerRequest } from '../../commands/requests.js'
import { type Place, parseAddress } from '../../core/address.js'
import type { Gate } from '../../core/ports.js'
import { UserError } from '../../errors.js'
import type { Sender } from '../../fanout/ports.js'
import { resolvePlace } from '../../settings.js'
import { systemOf, type Where } from '../system.js'
import { withAgain } from './subject.js'

/** Where a fan-out sends to, as this command was given it; a plan keeps addresses without credentials. */
export type PlacesGiven = {
  readonly handler?: HandlerRequest
  readonly park?: { readonly file: string } | { readonly place: Place }
  readonly target?: Place
  readonly again?: { readonly target?: Place }
  readonly config?: string
  readonly management?: string
}

type Asked = {
  readonly address: string
  readonly given: Place | undefined
  readonly request: PlacesGiven
  readonly gate: Gate
}

/** Opens a topic or queue to send to, by the address of a plan and the credentials of now. Throws UserError. */
export const openPlace = async ({ address, given, request, gate }: Asked, where: Where): Promise<Sender> => {
  const again = request.target ?? request.again?.target
  const place = given ?? withAgain(parseAddress(address), again)
  const resolved = await resolvePlace(place, { io: where.io, config: request.config })
  const name = resolved.address.kind === 'kafka' ? resolved.address.topic : resolved.address.queue
  if (name === undefined)
    throw new UserError(`${address} names no topic and no queue`, {
      hint: 'Write kafka://host:9092/TOPIC or amqp://host/VHOST/QUEUE.',
    })
  return (await systemOf(resolved.address.kind)).openSender(resolved, { ...request, gate }, where)
}

import type { Place } from '../../../core/address.js'
import type { Gate } from '../../../core/ports.js'
import { UserError } from '../../../errors.js'
import type { Sender } from '../../../fanout/ports.js'
import type { Reconnecting, Where } from '../../system.js'

/** x */
export async function openSender(
  _place: Place,
  _given: Reconnecting & { readonly gate: Gate },
  _where: Where,
): Promise<Sender> {
  throw new UserError('later', { code: 'not-supported' })
}

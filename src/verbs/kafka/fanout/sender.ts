import type { Place } from '../../../core/address.js'
import { UserError } from '../../../errors.js'
import type { Sender } from '../../../fanout/ports.js'
import type { Reconnecting, Where } from '../../system.js'

/** x */
export async function openSender(_place: Place, _given: Reconnecting, _where: Where): Promise<Sender> {
  throw new UserError('later', { code: 'not-supported' })
}

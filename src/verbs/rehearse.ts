import type { RehearseRequest } from '../commands/requests.js'
import { UserError } from '../errors.js'
import type { Io, Presentation } from '../io.js'

/** Sets `io.exitCode`. */
export async function rehearse(_request: RehearseRequest, _io: Io, _present: Presentation): Promise<void> {
  throw new UserError('not built yet', { code: 'not-built' })
}

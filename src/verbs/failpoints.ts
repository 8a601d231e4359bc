import type { FailpointsRequest } from '../commands/requests.js'
import { FAILPOINTS } from '../core/failpoint.js'
import { EXIT } from '../errors.js'
import type { Io, Presentation } from '../io.js'
import { toPrettyJson } from '../present/json.js'
import { pairs } from '../present/table.js'

/** Lists the points at which `SPILLWAY_FAILPOINT` may kill the process. Sets `io.exitCode`. */
export async function failpoints(_request: FailpointsRequest, io: Io, present: Presentation): Promise<void> {
  const all = Object.entries(FAILPOINTS)
  if (present.format === 'json') io.out.write(toPrettyJson(all.map(([name, when]) => ({ name, when }))))
  else io.out.write(pairs(all))
  io.exitCode = EXIT.complete
}

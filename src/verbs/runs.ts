import type { RunsRequest } from '../commands/requests.js'
import type { Envelope } from '../core/envelope.js'
import { homeFolder } from '../core/home.js'
import { EXIT } from '../errors.js'
import type { Io, Presentation } from '../io.js'
import { listRuns, openRun } from '../journal/runs.js'
import { classify } from '../present/error.js'
import { toPrettyJson } from '../present/json.js'
import { runsTable } from '../report/runs-table.js'
import { resolvePlace } from '../settings.js'
import { handledDrains } from './runs/handled.js'
import { lookAt } from './runs/look.js'
import { remindOfOffsets } from './runs/unrestored.js'
import { systemOf } from './system.js'

/** Lists the runs of this home, or with `--cluster` what a broker knows of runs. Sets `io.exitCode`. */
export async function runs(request: RunsRequest, io: Io, present: Presentation): Promise<void> {
  if (request.cluster !== undefined) {
    const { config, management } = request
    const place = await resolvePlace(request.cluster, { io, config })
    await (await systemOf(place.address.kind)).showCluster(place, { config, management }, { io, present })
  } else await showHome(io, present)
  await remindOfOffsets(io, present)
  io.exitCode = EXIT.complete
}

async function showHome(io: Io, present: Presentation): Promise<void> {
  const home = homeFolder(io.env)
  const found: Envelope[] = []
  const handled = await handledDrains(home)
  for (const id of await listRuns(home)) {
    // One damaged folder must not hide the others.
    const envelope = await look(home, id, { io, handled }).catch((error: unknown) => classify(error, io.soft))
    if (envelope instanceof Error) io.err.write(`run ${id} cannot be read: ${envelope.message}\n`)
    else found.push(envelope)
  }
  io.out.write(present.format === 'json' ? toPrettyJson(found) : `${runsTable(found)}\n`)
}

type Looking = { readonly io: Io; readonly handled: ReadonlySet<string> }

const look = async (home: string, id: string, { io, handled }: Looking): Promise<Envelope> =>
  lookAt(await openRun(home, id), io.now(), handled)

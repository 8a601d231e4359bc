import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { MANIFEST_FILE } from '../../archive/names.js'
import type { SealFacts } from '../../archive/ports.js'
import { openArchiveWriter } from '../../archive/writer.js'
import type { DiscardPlan } from '../../core/discard-plan.js'
import type { RunEvent } from '../../core/event.js'
import type { RunSoFar } from '../../core/fold.js'
import { RunError } from '../../errors.js'
import { isCopied } from '../run/is-copied.js'
import type { Running } from '../system.js'
import type { DiscardEnds } from './ends.js'

/** Lets go with the archive open, and seals that once all of it is gone. Throws UserError, Refusal, RunError, BrokerError. */
export async function* letGo(ends: DiscardEnds, running: Running<DiscardPlan>): AsyncGenerator<RunEvent> {
  const { plan, recorder, io } = running
  const { archive: place } = plan
  if (place === undefined) return yield* ends.events(running)
  // Killed between the seal and its last words: there is nothing left to do.
  if (isCopied(plan, recorder.state) && (await isThere(join(place.folder, MANIFEST_FILE)))) return
  if (recorder.state.ledger.dropped > 0n && !(await isThere(place.folder))) throw gone(plan.run, place.folder)
  const { format } = ends
  await using archive = await openArchiveWriter({ folder: place.folder, format, floorBytes: place.floorBytes })
  yield* ends.events({ ...running, archive })
  if (isCopied(plan, recorder.state)) await archive.seal(sealFacts(plan, recorder.state, io.now()))
}

const isThere = async (path: string): Promise<boolean> => {
  try {
    await stat(path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
}

/** An archive that is begun anew beside the lost one would look whole. */
const gone = (run: string, folder: string): RunError =>
  new RunError(`The archive of run ${run} is not there any more: ${folder}`, {
    code: 'archive-gone',
    hint: 'It holds what the run has let go so far. Mount its disk again, or put the folder back, then resume.',
  })

const sealFacts = ({ run, system, source, clusterId, lanes }: DiscardPlan, state: RunSoFar, now: Date): SealFacts => ({
  run,
  system,
  source,
  clusterId,
  lanes: lanes.map(({ lane, from, to }) => {
    const so = state.lanes.get(lane)
    return { lane, from: so?.from ?? from, to: so?.mark ?? to, messages: so?.dropped ?? 0n }
  }),
  at: now.toISOString(),
})

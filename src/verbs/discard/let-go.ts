import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { MANIFEST_FILE } from '../../archive/names.js'
import type { SealFacts } from '../../archive/ports.js'
import { openArchiveWriter } from '../../archive/writer.js'
import type { DiscardPlan } from '../../core/discard-plan.js'
import type { RunEvent } from '../../core/event.js'
import type { RunSoFar } from '../../core/fold.js'
import { isCopied } from '../run/is-copied.js'
import type { Running } from '../system.js'
import type { DiscardEnds } from './ends.js'

/** Lets go with the archive open, and seals that once all of it is gone. Throws UserError, Refusal, RunError, BrokerError. */
export async function* letGo(ends: DiscardEnds, running: Running<DiscardPlan>): AsyncGenerator<RunEvent> {
  const { plan, recorder, io } = running
  const { archive: place } = plan
  if (place === undefined) return yield* ends.events(running)
  // Killed between the seal and its last words: there is nothing left to do.
  if (isCopied(plan, recorder.state) && (await isSealed(place.folder))) return
  const { format } = ends
  await using archive = await openArchiveWriter({ folder: place.folder, format, floorBytes: place.floorBytes })
  yield* ends.events({ ...running, archive })
  if (isCopied(plan, recorder.state)) await archive.seal(sealFacts(plan, recorder.state, io.now()))
}

const isSealed = async (folder: string): Promise<boolean> => {
  try {
    return (await stat(join(folder, MANIFEST_FILE))).isFile()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
}

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

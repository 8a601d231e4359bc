import type { ArchiveWriter, SealFacts } from '../../archive/ports.js'
import type { DiscardPlan } from '../../core/discard-plan.js'
import type { RunEvent } from '../../core/event.js'
import type { RunSoFar } from '../../core/fold.js'
import { UserError } from '../../errors.js'
import { isCopied } from '../run/is-copied.js'
import type { Running } from '../system.js'
import type { DiscardEnds } from './ends.js'

/** Lets go with the archive open, and seals that once all of it is gone. Throws UserError, Refusal, RunError, BrokerError. */
export async function* letGo(ends: DiscardEnds, running: Running<DiscardPlan>): AsyncGenerator<RunEvent> {
  const { plan, recorder, io } = running
  if (plan.archive === undefined) return yield* ends.events(running)
  await using archive = await openArchive(ends, running)
  yield* ends.events({ ...running, archive })
  if (isCopied(plan, recorder.state)) await archive.seal(sealFacts(plan, recorder.state, io.now()))
}

const openArchive = async (_ends: DiscardEnds, _running: Running<DiscardPlan>): Promise<ArchiveWriter> => {
  throw new UserError('not-supported')
}

const sealFacts = ({ run, system, source, clusterId, lanes }: DiscardPlan, state: RunSoFar, now: Date): SealFacts => ({
  run,
  system,
  source,
  clusterId,
  lanes: lanes.map(({ lane, from, to }) => {
    const so = state.lanes.get(lane)
    return { lane, from: so?.from ?? from, to: so?.to ?? to, messages: so?.dropped ?? 0n }
  }),
  at: now.toISOString(),
})

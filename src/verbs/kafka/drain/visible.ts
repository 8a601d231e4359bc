import { setTimeout as sleep } from 'node:timers/promises'
import { listOffsets } from '../../../brokers/kafka/admin/list-offsets.js'
import type { Link } from '../../../brokers/kafka/link.js'
import type { KafkaPlan } from '../../../core/plan.js'
import { BrokerError } from '../../../errors.js'

/** Longest that a run waits for its last markers before it says what it did. Milliseconds. */
const VISIBLE_WITHIN_MS = 5000

/**
 * A commit is answered before its markers are in every log; the proof of a finished run must not be early. A broker that is away
 * just then changes nothing of what was committed.
 */
export async function untilVisible(target: Link, plan: KafkaPlan): Promise<void> {
  await markersWritten(target, plan).catch((error: unknown) => {
    if (!(error instanceof BrokerError && error.retry)) throw error
  })
}

/** Only what was not there at the last look is asked for again: thousands of lanes would fill the memory with answers. */
async function markersWritten(target: Link, plan: KafkaPlan): Promise<void> {
  let missing = Array.from({ length: plan.targetLanes }, (_, partition) => partition)
  const at = (which: 'stable' | 'latest') => listOffsets(target, plan.targetTopic, missing, which)
  for (const until = Date.now() + VISIBLE_WITHIN_MS; Date.now() < until; await sleep(20)) {
    const [stable, latest] = await Promise.all([at('stable'), at('latest')])
    missing = missing.filter(p => stable.get(p)?.offset !== latest.get(p)?.offset)
    if (missing.length === 0) return
  }
}

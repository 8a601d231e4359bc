import { setTimeout as sleep } from 'node:timers/promises'
import { CLEARED, type HoldGate } from '../../../core/gate.js'
import type { QueuePlan } from '../../../core/queue-plan.js'
import type { QueuePolicy } from '../../../core/queue-survey.js'
import { threatsToLanes } from '../../../drain/queue/refusals/policies.js'

const EVERY_MS = 3000

export type WatchingPolicies = {
  readonly plan: QueuePlan
  /** The policies of the virtual host; undefined where nobody tells. */
  readonly policies: () => Promise<readonly QueuePolicy[] | undefined>
  readonly gate: Pick<HoldGate, 'hold' | 'release'>
  /** Tells, once for each, that messages may be gone already. */
  readonly warn: (message: string) => Promise<void>
  /** Called after each look. */
  readonly looked?: () => void
  /** Milliseconds; 3,000 unless told. */
  readonly everyMs?: number
}

/**
 * Watches the policies while a queue is copied, until `signal` aborts: one that takes messages from the lanes holds the run until it is gone.
 * What is held stays held while nobody tells. After the end it looks once more, as a short run may end between two looks, and only warns then.
 * Throws what `policies` and `warn` throw.
 */
export async function watchPolicies(
  { plan, policies, gate, warn, looked = () => undefined, everyMs = EVERY_MS }: WatchingPolicies,
  signal: AbortSignal,
): Promise<void> {
  let held: readonly string[] = []
  for (let isOver = false; !isOver; ) {
    isOver = signal.aborted
    const now = await policies()
    const threats = now === undefined ? held : threatsToLanes(now, plan)
    if (!isOver) {
      for (const reason of held) if (!threats.includes(reason)) gate.release(reason, CLEARED)
      for (const reason of threats) gate.hold(reason, 'clears')
    }
    for (const reason of threats.filter(each => !held.includes(each)))
      await warn(`${reason}: what it took from them before it was seen is gone`)
    held = threats
    looked()
    await sleep(everyMs, undefined, { signal }).catch(() => undefined)
  }
}

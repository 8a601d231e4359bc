import { GaugeWatch } from '../../control/gauges/watch.js'
import type { RunEvent } from '../../core/event.js'
import type { ReplayPlan } from '../../core/replay-plan.js'
import type { DatabaseOrName } from '../../settings/database.js'
import type { Running } from '../system.js'
import type { ReplayTarget } from './ends.js'
import { openGauges } from './gauges.js'
import type { WindowClose } from './window-close.js'

type Supervision = {
  readonly target: Pick<ReplayTarget, 'waiting'>
  /** The database of the gauges, with the password that was given with it. */
  readonly database?: DatabaseOrName | undefined
  readonly config?: string | undefined
  /** The end of the night; absent where the run may work at any time. */
  readonly close?: WindowClose | undefined
}

/**
 * Replays under watch: gauges are read before anything is sent and again every second, and hold the run between two pages; at the end of its hours
 * the run stops.
 */
export async function* supervised(
  replay: () => AsyncIterable<RunEvent>,
  running: Running<ReplayPlan>,
  { target, database, config, close }: Supervision,
): AsyncGenerator<RunEvent> {
  const { plan, gate, io, soft } = running
  const over = new AbortController()
  const closing = close?.watch(gate, over.signal)
  await using opened = await openGauges(plan.gauges ?? {}, { target, database, io, config })
  const watch = new GaugeWatch(opened.gauges, { gate })
  await watch.look(AbortSignal.any([soft, over.signal]))
  const watching = watch.run(over.signal)
  try {
    yield* replay()
  } finally {
    over.abort()
    await Promise.all([closing, watching])
  }
}

import type { RunEvent } from '../../core/event.js'
import type { HoldGate } from '../../core/gate.js'
import { merge } from '../../core/merge.js'
import type { Sink, Source } from '../../core/ports.js'
import { pump } from '../../core/pump.js'
import type { Io } from '../../io.js'
import { backoff } from './backoff.js'
import type { LanesBoundary } from './lanes-boundary.js'

/** The lanes of a drain, ready to be pumped; at most `atOnce` of them at a time. */
type Copying<Cargo> = { readonly lanes: readonly (Source<Cargo> & Sink<Cargo>)[]; readonly atOnce: number }

/** Copies all lanes side by side and, with a boundary, watches over it meanwhile. Throws what a pump throws. */
export async function* copyLanes<Cargo>(
  { lanes, atOnce }: Copying<Cargo>,
  { gate, io, soft }: { readonly gate: HoldGate; readonly io: Io; readonly soft: AbortSignal },
  boundary: LanesBoundary | undefined,
): AsyncGenerator<RunEvent> {
  const streams = lanes.map(lane => (laneSoft: AbortSignal) => {
    const events = pump({ source: lane, sink: lane, gate, now: io.now, backoff }, { soft: laneSoft, hard: io.hard })
    return boundary?.following(lane.lane, events) ?? events
  })
  yield* boundary === undefined
    ? merge(streams, { atOnce, soft })
    : merge([over => boundary.watch(over), ...streams], { atOnce: atOnce + 1, soft })
  yield* gate.takeEvents()
}

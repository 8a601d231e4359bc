import type { FanoutLane } from '../../../core/fanout-plan.js'
import type { Gate } from '../../../core/ports.js'
import type { Link } from '../link.js'
import type { Leaders } from '../relay/leaders.js'
import { readLane } from '../work/lane-reading.js'
import { originIn } from './origin.js'

/** What a look at some dead letters told. */
export type OriginSample = {
  readonly sampled: number
  /** Of these, so many that do not say where they came from. */
  readonly without: number
  /** Topics that they came from. */
  readonly topics: ReadonlySet<string>
}

/** Partitions looked into, messages of each at its beginning and at its end. */
const LANES = 16
const EACH = 200
const BYTES = 256 << 10
/** A plan is drawn in seconds; what was seen until then must do. Milliseconds. */
const PATIENCE_MS = 5_000

/** Reads some messages of a dead-letter topic, oldest and newest, and where they came from. Commits nothing. Throws BrokerError, LostRange. */
export async function sampleOrigins(
  { link, leaders }: { readonly link: Link; readonly leaders: Leaders },
  lanes: readonly FanoutLane[],
): Promise<OriginSample> {
  const signal = AbortSignal.timeout(PATIENCE_MS)
  const seen = { sampled: 0, without: 0, topics: new Set<string>() }
  for (const { lane, from, to } of spread(lanes)) {
    const [begin, end] = [Number(from), Number(to)]
    const tail = Math.max(begin + EACH, end - EACH)
    for (const span of [
      { from: begin, to: Math.min(end, begin + EACH) },
      { from: tail, to: end },
    ]) {
      if (signal.aborted || span.from >= span.to) continue
      const reading = {
        ...{ link, leaders, gate: OPEN, partition: Number(lane), bytes: BYTES, from: span.from },
        end: () => span.to,
        more: async () => false,
      }
      for await (const { messages } of readLane(reading, signal))
        for (const { headers } of messages) {
          const origin = originIn(headers)
          seen.sampled++
          if (origin === undefined) seen.without++
          else seen.topics.add(origin.topic)
        }
    }
  }
  return seen
}

/** Some lanes with something in them, from first to last. */
function spread(lanes: readonly FanoutLane[]): readonly FanoutLane[] {
  const filled = lanes.filter(({ from, to }) => from !== to)
  const step = Math.max(1, Math.ceil(filled.length / LANES))
  return filled.filter((_, at) => at % step === 0)
}

/** Nothing holds a look. */
const OPEN: Gate = {
  async *pass() {},
  hold: () => undefined,
  release: () => undefined,
  trouble: () => undefined,
  recovered: () => undefined,
}

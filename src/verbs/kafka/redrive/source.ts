import type { Link } from '../../../brokers/kafka/link.js'
import { deadLetterPartition } from '../../../brokers/kafka/redrive/dead-letter-partition.js'
import type { Leaders } from '../../../brokers/kafka/relay/leaders.js'
import { assertIdle, watchSource } from '../../../brokers/kafka/relay/watch-group.js'
import { HoldGate } from '../../../core/gate.js'
import type { ReplayPlan } from '../../../core/replay-plan.js'
import { lanesAtOnce } from '../../../replay/limits.js'
import type { ReplaySource } from '../../../replay/ports.js'
import { warnOf } from '../../fanout/warn.js'
import type { Running } from '../../system.js'

/** Bytes that fetched batches may take, over all lanes that are read at once. */
const FETCHED = 32 << 20
const FETCH_MOST = 4 << 20

type Asked = {
  readonly leaders: Leaders
  readonly group: string | undefined
  readonly plan: Pick<ReplayPlan, 'lanes'>
  readonly toOrigin: boolean
}

/** The partitions of a dead-letter topic; its group, where one was given, is watched as a drain does. Throws HoldError, BrokerError. */
export async function openTopic(
  link: Link,
  { leaders, group, plan, toOrigin }: Asked,
  running?: Running<ReplayPlan>,
): Promise<ReplaySource> {
  const gate = running?.gate ?? new HoldGate()
  const bytes = Math.min(FETCH_MOST, Math.floor(FETCHED / lanesAtOnce(plan.lanes.length)))
  const watching = new AbortController()
  const watch =
    group === undefined || running === undefined
      ? undefined
      : await watched(link, { leaders, group, running }, watching.signal)
  return {
    lanes: plan.lanes.map(lane => deadLetterPartition({ link, leaders, gate, lane, toOrigin, bytes })),
    async [Symbol.asyncDispose]() {
      watching.abort()
      await watch?.done
    },
  }
}

type Watching = { readonly leaders: Leaders; readonly group: string; readonly running: Running<ReplayPlan> }

async function watched(link: Link, { leaders, group, running }: Watching, signal: AbortSignal) {
  await assertIdle(link, group)
  const plan = { group, sourceTopic: leaders.topic, targetLanes: leaders.partitions, factor: 1 }
  const warn = (message: string) => void warnOf(running)(message)
  return { done: watchSource({ link, plan, gate: running.gate, warn }, signal) }
}

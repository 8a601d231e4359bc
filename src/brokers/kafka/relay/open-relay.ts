import type { KafkaPlan } from '../../../core/plan.js'
import type { Sink, Source } from '../../../core/ports.js'
import { topicSettings } from '../admin/configs.js'
import type { Link } from '../link.js'
import { ByCounting } from './by-counting.js'
import { ByTransaction } from './by-transaction.js'
import type { Totals } from './claim.js'
import type { Frames } from './frames.js'
import { type Allowed, type Boundary, type ParkedRecord, type RelayContext, shareMemory } from './lane-context.js'
import { Leaders } from './leaders.js'
import { Strand } from './strand.js'
import { assertIdle } from './watch-group.js'

export type RelayRequest = {
  readonly plan: KafkaPlan
  readonly source: Link
  /** The same link within a cluster. */
  readonly target: Link
  readonly host: string
  readonly nonce: string
  readonly journalled: ReadonlyMap<string, { readonly totals: Totals }>
  readonly producers: Set<bigint>
  readonly allow: (soft: AbortSignal) => Promise<Allowed>
  readonly park: (parked: ParkedRecord) => Promise<void>
  readonly noteProducer: (id: bigint) => Promise<void>
  /** `--until lanes-empty`; left out where the partitions are taken in turn, because the first ones would never make room. */
  readonly boundary?: Boundary
}

export type RelayLane = Source<Frames> & Sink<Frames>

/** The lanes of a plan, ready to be pumped; at most `atOnce` of them at a time, for the sake of memory. */
export type Relay = { readonly lanes: readonly RelayLane[]; readonly atOnce: number }

/** Opens the relay between two topics that both exist. The claim must have been taken. */
export async function openRelay(request: RelayRequest): Promise<Relay> {
  const { plan, source, target } = request
  const [sourceLeaders, targetLeaders, settings] = await Promise.all([
    Leaders.of(source, plan.sourceTopic),
    Leaders.of(target, plan.targetTopic),
    topicSettings(target, plan.targetTopic),
  ])
  const memory = shareMemory(plan.lanes.length, plan.factor)
  const { boundary, ...rest } = request
  const context: RelayContext = {
    ...rest,
    ...(boundary === undefined || memory.open < plan.lanes.length ? {} : { boundary }),
    sourceLeaders,
    targetLeaders,
    memory,
    maxMessageBytes: Number(settings['max.message.bytes'] ?? 1_048_588),
    assertIdle: () => assertIdle(source, plan.group),
  }
  const lanes = plan.lanes.map(lane => {
    const settlement =
      plan.guarantee === 'transactions' ? new ByTransaction(context, lane) : new ByCounting(context, lane)
    const journalled = request.journalled.get(lane.lane)
    return new Strand(context, lane, journalled ? { settlement, journalled: journalled.totals } : { settlement })
  })
  return { lanes, atOnce: memory.open }
}

import { committedOffsets } from '../../../src/brokers/kafka/admin/offsets.js'
import type { Link } from '../../../src/brokers/kafka/link.js'
import { differences, type Envelope, readPlan } from '../sheet.js'
import type { Backlog } from './backlogs.js'
import type { ModeName } from './sources.js'
import { type Place, witness } from './witness.js'

type PlanFile = {
  readonly sourceTopic: string
  readonly targetTopic: string
  readonly group: string
  readonly lanes: readonly { readonly lane: string; readonly to: string }[]
}

export type Claims = {
  readonly place: Place
  readonly link: Link
  readonly home: string
  readonly mode: ModeName
  readonly backlog: Backlog
  /** What the last execution printed. */
  readonly printed: string
  /** Records of the range that cannot be carried, on top of the backlog's truth; 0. */
  readonly parked?: number
}

/** The plan of a run of Kafka, from its folder. */
export const planOf = (home: string, run: string): Promise<PlanFile> => readPlan(home, run)

/** Everything that is wrong with a copy that says it is complete; empty when it is exact. */
export async function violations(claims: Claims): Promise<readonly string[]> {
  const envelope: Envelope = JSON.parse(claims.printed)
  const plan = await planOf(claims.home, envelope.run)
  return [...wrongLedger(envelope, claims), ...(await wrongEnds(plan, claims)), ...(await wrongCopy(plan, claims))]
}

function wrongLedger(envelope: Envelope, { backlog, parked: unfit = 0 }: Claims): string[] {
  const { state, ledger, balanced, duplicatesAtMost } = envelope
  const { truth } = backlog
  const { read, written, parked, dropped } = ledger
  const told = { state, balanced, read, written, parked, dropped, duplicatesAtMost }
  const wanted = {
    state: 'complete',
    balanced: true,
    read: truth.records + unfit,
    written: truth.records,
    parked: unfit,
    dropped: 0,
    duplicatesAtMost: 0,
  }
  return differences('envelope', told, wanted)
}

async function wrongEnds(plan: PlanFile, { link }: Claims): Promise<string[]> {
  const topics = await committedOffsets(link, plan.group, { topic: plan.sourceTopic, stable: true })
  const committed = topics.get(plan.sourceTopic)
  return plan.lanes.flatMap(({ lane, to }) =>
    differences(`group on partition ${lane}`, { offset: committed?.get(Number(lane))?.offset }, { offset: to }),
  )
}

async function wrongCopy(plan: PlanFile, { place, backlog, mode }: Claims): Promise<string[]> {
  const { records, sum, ids, keysSplit, outOfOrder } = await witness(place, plan.targetTopic)
  const { truth } = backlog
  const wanted = { records: truth.records, sum: truth.sum, seen: truth.ids.seen, twice: truth.ids.twice }
  const kept = { keysSplit: truth.keysSplit, outOfOrder: truth.outOfOrder }
  const order = mode === 'none' ? [] : differences('order', { keysSplit, outOfOrder }, kept)
  return [...differences('copy', { records, sum, seen: ids.seen, twice: ids.twice }, wanted), ...order]
}

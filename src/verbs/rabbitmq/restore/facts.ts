import { lookAt } from '../../../brokers/rabbitmq/admin/passive-declare.js'
import { numberOf } from '../../../brokers/rabbitmq/management/fields.js'
import { consumersIn } from '../../../brokers/rabbitmq/watch-consumers.js'
import { defined } from '../../../core/defined.js'
import { foldAll, type RunSoFar } from '../../../core/fold.js'
import type { QueuePlan } from '../../../core/queue-plan.js'
import { isRecord } from '../../../core/revive.js'
import type { RunFolder } from '../../../journal/run-folder.js'
import type { How } from '../../restore/outlook.js'
import type { RabbitLinks } from '../links.js'
import { isInHand, type Patience } from './patience.js'

/** One temporary queue, or the source, as it stands now. */
export type Standing = {
  readonly name: string
  /** False: it is not there any more. */
  readonly exists: boolean
  readonly ready: number
  /** Delivered and not acked; undefined where no management API tells. */
  readonly unacked?: number
  readonly consumers: number
  /** Those among them that are not Spillway's, as far as the management API tells. */
  readonly foreign?: number
}

/** Everything that decides whether a run of a queue may be restored or undone now. */
export type QueueFacts = {
  readonly plan: QueuePlan
  readonly state: RunSoFar
  /** Who holds the run, in words; absent where nobody else does. */
  readonly heldBy?: string
  readonly source: Standing
  readonly lanes: readonly Standing[]
}

type Looking = {
  readonly plan: QueuePlan
  readonly folder: RunFolder
  readonly links: RabbitLinks
  /** This process holds the run. */
  readonly claimed: boolean
  readonly how: How
  readonly patience: Patience
}

/** Reads the journal and looks at the queues; changes nothing. Throws BrokerError, UserError. */
export async function lookAtRun({ plan, folder, links, claimed, how, patience }: Looking): Promise<QueueFacts> {
  const at = (name: string) => standingOf(links, name)
  const patiently = (name: string) => patience.standing(() => at(name))
  const untilFree = (name: string) => patience.standing(() => at(name), isInHand)
  const state = await foldAll(folder.events())
  // What an undo that was killed has in hand is waited for by the one that goes on with it.
  const ofLanes = how === 'restore' ? patiently : state.restored === undefined ? untilFree : at
  const [held, source, lanes] = await Promise.all([
    claimed ? undefined : folder.holder(),
    // What is unacked decides about the source of an ordered undo, and about the lanes of a restore.
    (how === 'undo' && isOrdered(plan) ? patiently : at)(plan.queue),
    each(plan.laneQueues, ofLanes),
  ])
  const facts = { plan, state, source, lanes }
  if (held === undefined || held.standing === 'dead') return facts
  return { ...facts, heldBy: `process ${held.holder.pid} on ${held.holder.host}` }
}

/** All temporary queues of a plan, one look after the other on one connection. */
export const lanesOf = (links: RabbitLinks, plan: QueuePlan): Promise<Standing[]> =>
  each(plan.laneQueues, name => standingOf(links, name))

async function each(names: readonly string[], look: (name: string) => Promise<Standing>): Promise<Standing[]> {
  const found: Standing[] = []
  for (const name of names) found.push(await look(name))
  return found
}

/** Undo puts the backlog behind what has arrived since, which is no undo where the order counts. */
export const isOrdered = ({ order, singleActiveConsumer }: QueuePlan): boolean =>
  order === 'key' || singleActiveConsumer

async function standingOf({ link, management, settings }: RabbitLinks, name: string): Promise<Standing> {
  const seen = await lookAt(link, name)
  if (seen === undefined) return { name, exists: false, ready: 0, consumers: 0 }
  const standing = { name, exists: true, ready: seen.messages, consumers: seen.consumers }
  // Only a consumer, or somebody who polls, can hold messages unacked; the API lags, so it counts only beside a look.
  const answer = await management.get(['queues', settings.vhost, name])
  if (!answer.ok || !isRecord(answer.value)) return standing
  const unacked = numberOf(answer.value, 'messages_unacknowledged')
  const foreign = Math.min(seen.consumers, consumersIn(answer.value).foreign.length)
  return { ...standing, foreign, ...defined({ unacked }) }
}

/** Messages in the lanes: ready ones, and those that somebody has taken and not acked, as far as that is known. */
export const unreadIn = (lanes: readonly Standing[]): bigint =>
  lanes.reduce((sum, { ready, unacked = 0 }) => sum + BigInt(ready + unacked), 0n)

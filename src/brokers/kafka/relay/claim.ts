import { addCounts, COUNT_FIELDS, NO_COUNTS } from '../../../core/counts.js'
import type { Counts } from '../../../core/event.js'
import type { Guarantee, KafkaPlan, Order, PlanLane, Until } from '../../../core/plan.js'

/**
 * The claim of a run on a group: the metadata of each of its offset commits, `spillway RUN TOPIC HOST` first, then what
 * makes the balance sheet exact after a kill. `nonce` tells one execution from the next.
 */
export type ClaimNote = {
  readonly run: string
  readonly topic: string
  readonly host: string
  readonly nonce: string
  /** Running totals of this lane since the run began. */
  readonly totals: Totals
  /** What a machine without the run's folder needs to carry this lane on. */
  readonly task: Task
  /** Counting mode: records in each of the lane's targets, in target order. */
  readonly counts?: readonly number[]
  /** Work on the source itself: most messages that may be completed behind this offset; 0 once the lane was closed. */
  readonly ahead?: number
}

/** What stands for the temporary topic where a run works the source itself. */
export const NO_TOPIC = '-'

/** The lane's range and how it is copied, as far as it cannot be read from the topics. */
export type Task = {
  readonly from: string
  readonly to: string
  readonly order: Order
  readonly until: Until
  readonly guarantee: Guarantee
  readonly compress?: NonNullable<KafkaPlan['compress']>
}

/** Running totals of a lane, over all executions of a run. */
export type Totals = Counts

export const NO_TOTALS: Totals = NO_COUNTS

/** Adds or, with -1, takes away. */
export const addTotals = addCounts

/** The metadata text of a commit. Brokers take 4096 bytes (`offset.metadata.max.bytes`). */
export function formatClaim(note: ClaimNote): string {
  const totals = formatTotals(note.totals)
  const counts = note.counts === undefined ? '' : ` c=${note.counts.map(n => n.toString(36)).join(',')}`
  const ahead = note.ahead === undefined ? '' : ` a=${note.ahead.toString(36)}`
  return `spillway ${note.run} ${note.topic} ${note.host} n=${note.nonce} t=${totals} l=${formatTask(note.task)}${counts}${ahead}`
}

/** Reads a commit's metadata; undefined where it is no claim. Fields after the host may be absent. */
export function parseClaim(metadata: string | undefined): ClaimNote | undefined {
  const [word, run, topic, host, ...rest] = (metadata ?? '').split(' ')
  if (word !== 'spillway' || !run || !topic || !host) return undefined
  const field = (name: string) => rest.find(part => part.startsWith(`${name}=`))?.slice(name.length + 1)
  const [counts, ahead] = [field('c'), field('a')]
  const note = {
    run,
    topic,
    host,
    nonce: field('n') ?? '',
    totals: parseTotals(field('t')),
    task: parseTask(field('l')),
    ...(ahead === undefined ? {} : { ahead: Number.parseInt(ahead, 36) }),
  }
  return counts === undefined ? note : { ...note, counts: counts.split(',').map(n => Number.parseInt(n, 36)) }
}

/** Totals as a commit's metadata carries them. */
export const formatTotals = (totals: Totals): string => COUNT_FIELDS.map(field => totals[field].toString(36)).join(',')

/** Reads them back; none where there is no text. */
export function parseTotals(text: string | undefined): Totals {
  if (text === undefined) return NO_TOTALS
  const parts = text.split(',').map(part => base36(part))
  const totals = { ...NO_TOTALS }
  for (const [i, field] of COUNT_FIELDS.entries()) totals[field] = parts[i] ?? 0n
  return totals
}

function base36(text: string): bigint {
  let value = 0n
  for (const digit of text) value = value * 36n + BigInt(Number.parseInt(digit, 36))
  return value
}

/** The task of one lane of a plan. */
export const taskOf = (
  plan: Pick<KafkaPlan, 'order' | 'until' | 'guarantee' | 'compress'>,
  lane: Pick<PlanLane, 'from' | 'to'>,
): Task => ({
  from: lane.from,
  to: lane.to,
  order: plan.order,
  until: plan.until,
  guarantee: plan.guarantee,
  ...(plan.compress === undefined ? {} : { compress: plan.compress }),
})

const formatTask = (task: Task): string =>
  [task.from, task.to, task.order, task.until, task.guarantee, task.compress ?? ''].join(',')

function parseTask(text: string | undefined): Task {
  const [from = '0', to = '0', order = 'key', until = 'now', guarantee = 'transactions', compress = ''] =
    text?.split(',') ?? []
  const task = { from, to, order: order as Order, until: until as Until, guarantee: guarantee as Guarantee }
  return compress === '' ? task : { ...task, compress: compress as NonNullable<Task['compress']> }
}

import type { LedgerEvent } from '../core/ledger-answer.js'
import { formatCount } from '../core/quantity.js'
import { drainedTo } from './drained-to.js'
import { type AnyPlan, deedOf, whereTo } from './plans.js'
import type { RangeHit } from './range-watch.js'
import type { Subject } from './subject.js'

/** What an event says, beside when and by which run. */
type Told = Pick<LedgerEvent, 'what' | 'where' | 'detail'>

/** The event of a run whose journal has a range with the message in it. Pure. */
export const toldByRange = (plan: AnyPlan, hit: RangeHit, subject: Subject): LedgerEvent => ({
  at: hit.at,
  run: plan.run,
  verb: plan.kind,
  ...(hit.kind === 'settled' ? settled(plan, hit, subject) : troubled(plan, hit)),
  certain: hit.kind !== 'doubted',
})

const settled = (plan: AnyPlan, hit: RangeHit, subject: Subject): Told => {
  const { position } = subject
  if (plan.kind === 'drain' && plan.system !== 'rabbitmq' && position !== undefined) {
    const { where, detail } = drainedTo(plan, { ...subject, position })
    return { what: 'drained', where, detail: `${detail}; ${rangeInWords(plan, hit)}` }
  }
  return { what: deedOf(plan), where: whereTo(plan), detail: `${rangeInWords(plan, hit)}${beside(plan)}` }
}

const troubled = (plan: AnyPlan, hit: RangeHit): Told => ({
  what: hit.kind === 'lost' ? 'lost' : 'doubted',
  where: hit.kind === 'lost' ? 'nowhere' : plan.target,
  detail: `${rangeInWords(plan, hit)}: ${hit.why ?? ''}`,
})

/** A replay leaves its source alone; a discard without an archive keeps nothing. */
const beside = (plan: AnyPlan): string => {
  if (plan.kind === 'discard' && plan.archive === undefined) return '; nothing was kept'
  if (plan.kind === 'fanout' && plan.park !== undefined) return `; what it could not handle is at ${plan.park}`
  return plan.kind === 'replay' ? `; from ${plan.source}` : ''
}

/** A queue has no offsets: its messages are numbered as they were settled. */
const rangeInWords = ({ system }: AnyPlan, { from, to }: RangeHit): string => {
  const one = system === 'rabbitmq' ? 'message' : 'offset'
  return to - from === 1n
    ? `${one} ${from}`
    : `${one}s ${from} up to ${to}, ${formatCount(to - from)} of them, settled at once`
}

/** The backlog went back to its source by an undo: what was drained is unread there again. */
export const givenBack = (plan: AnyPlan, at: string): LedgerEvent => ({
  at,
  run: plan.run,
  verb: plan.kind,
  what: 'given-back',
  where: plan.source,
  detail: 'the run was undone: its copies are gone, the backlog is unread at the source again',
  certain: true,
})

import { setTimeout as sleep } from 'node:timers/promises'
import { HEARTBEAT_S } from '../../../brokers/rabbitmq/link.js'
import { Refusal } from '../../../errors.js'
import { counted, some } from '../../restore/words.js'
import type { Work } from './carry-out.js'
import { lanesOf, type Standing } from './facts.js'

const LOOK_EVERY_MS = 250

/**
 * The lanes once nobody consumes them. Of an undo that was killed the server counts consumers until it has noticed: two heartbeats are waited
 * for that. Throws Refusal `lane-in-use` after it, or at once where the management API knows one as a stranger; and the signal's reason.
 */
export async function whenLeftAlone({ links, plan, signals }: Work): Promise<readonly Standing[]> {
  for (const until = Date.now() + 2000 * HEARTBEAT_S; ; ) {
    const lanes = await lanesOf(links, plan)
    const busy = lanes.filter(({ consumers }) => consumers > 0)
    if (busy.length === 0) return lanes
    const isStranger = busy.some(({ foreign = 0 }) => foreign > 0)
    if (isStranger || Date.now() > until) throw inTheWay(plan.run, consumersInWords(busy))
    await sleep(LOOK_EVERY_MS, undefined, { signal: signals.soft })
  }
}

const consumersInWords = (busy: readonly Standing[]): string =>
  `${counted(busy.length, 'queue')} with consumers (${some(busy.map(({ name, consumers }) => `${name}: ${consumers}`))})`

/** An undo cannot go on for this reason. */
export const inTheWay = (run: string, reason: string): Refusal =>
  new Refusal(`The undo cannot go on: ${reason}`, {
    code: 'lane-in-use',
    hint: `Stop them, then finish it: spillway restore ${run} --undo --execute.`,
  })

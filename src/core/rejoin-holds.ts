import type { RunEvent } from './event.js'
import { type HeldSoFar, heldSeconds } from './fold.js'
import { CLEARED } from './gate.js'

/** A hold that comes again by itself within this time, for the same reason, is told as one: a service that asks for a second each time. Milliseconds. */
const REJOIN_MS = 60_000

/** A hold as it is told: `seconds` are those in which it held. */
export type ToldHold = { readonly reason: string; readonly since: string; readonly seconds: number }

type Rejoined = ToldHold & { readonly endedAt: string | undefined }

/** The holds of a run, those that were lifted and came again as one; open ones count up to `until`. Pure. */
export function rejoinHolds(held: readonly HeldSoFar[], until: string | undefined): readonly ToldHold[] {
  const told: Rejoined[] = []
  for (const hold of held) {
    const { reason, since, endedAt } = hold
    const seconds = heldSeconds(hold, until)
    const isAgain = (each: Rejoined) => each.reason === reason && isSoon(each.endedAt, since)
    const at = hold.until === 'clears' ? told.findIndex(isAgain) : -1
    const before = told[at]
    if (before === undefined) told.push({ reason, since, seconds, endedAt })
    else told[at] = { ...before, seconds: before.seconds + seconds, endedAt }
  }
  return told.map(({ reason, since, seconds }) => ({ reason, since, seconds }))
}

type Released = RunEvent & { type: 'released' }

/** The same of a stream of events: the end of a hold that comes again, and its coming again, are left out. */
export async function* rejoined(events: AsyncIterable<RunEvent> | Iterable<RunEvent>): AsyncGenerator<RunEvent> {
  let end: Released | undefined
  let since: RunEvent[] = []
  for await (const event of events) {
    const isAgain =
      end !== undefined && event.type === 'held' && event.reason === end.reason && isSoon(end.at, event.at)
    if (end !== undefined && !isAgain && SILENT.has(event.type)) since.push(event)
    else {
      if (end !== undefined && !isAgain) yield end
      yield* since
      since = []
      end = event.type === 'released' && event.by === CLEARED ? event : undefined
      if (end === undefined && !isAgain) yield event
    }
  }
  if (end !== undefined) yield end
  yield* since
}

/** What goes on between two holds and is told in sums. */
const SILENT = new Set<RunEvent['type']>(['settled', 'opened', 'finished'])

const isSoon = (end: string | undefined, next: string): boolean =>
  end !== undefined && Date.parse(next) - Date.parse(end) <= REJOIN_MS

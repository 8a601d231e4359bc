import type { ReplayRequest } from '../../commands/requests.js'
import { GaugeWatch } from '../../control/gauges/watch.js'
import type { Io } from '../../io.js'
import type { ReplayTarget } from './ends.js'
import { gaugeDatabase, openGauges, plannedGauges } from './gauges.js'

type Around = { readonly target: Pick<ReplayTarget, 'waiting'>; readonly io: Io }

/** What the gauges of a command would hold it for now, in words: read once, so that a name that is wrong is seen before the night. */
export async function wouldHold(request: ReplayRequest, { target, io }: Around): Promise<string[]> {
  const limits = plannedGauges(request)
  if (limits === undefined) return []
  const around = { target, database: gaugeDatabase(request), io, config: request.config }
  await using opened = await openGauges(limits, around)
  const reasons: string[] = []
  const gate = { hold: (reason: string) => reasons.push(reason) > 0, release: () => false }
  await new GaugeWatch(opened.gauges, { gate }).look(io.soft)
  return reasons.map(reason => `It would hold now: ${reason}`)
}

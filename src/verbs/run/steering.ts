import type { Control } from '../../control/server.js'
import type { RunEvent } from '../../core/event.js'
import type { HoldGate } from '../../core/gate.js'
import type { Rate, RunPlan } from '../../core/plan.js'
import { formatBytes, formatCount } from '../../core/quantity.js'
import type { Pacer } from '../../core/rate.js'
import { toEnvelope } from '../../core/to-envelope.js'
import { Stopped } from '../../errors.js'
import { originalsInWords } from './originals.js'
import type { Recorder } from './recorder.js'

type Parts = {
  readonly plan: RunPlan
  readonly recorder: Recorder
  readonly gate: HoldGate
  readonly pacer: Pacer
  readonly aborted: AbortController
  readonly now: () => Date
}

/** The live run as `status`, `pause`, `resume`, `set` and `abort` reach it through its socket. */
export function steering({ plan, recorder, gate, pacer, aborted, now }: Parts): Control {
  const note = (what: string, by: string): void => tell({ type: 'steered', at: now().toISOString(), what, by })
  const tell = (event: RunEvent): void => {
    // A journal that cannot be written stops the run at its next batch; the operator's wish counts all the same.
    recorder.record(event).catch(error => aborted.abort(error))
  }
  return {
    status: () => {
      const originals = originalsInWords(plan, recorder.state)
      return toEnvelope(plan, recorder.state, { alive: true, now: now(), originals, holds: gate.holds() })
    },
    pause(by, reason) {
      gate.hold(`operator: ${reason ?? 'pause'}`, 'operator')
      note('pause', by)
    },
    resume(by, ignore) {
      if (ignore !== undefined) gate.ignore(ignore, by)
      gate.resume(by)
      note('resume', by)
    },
    rate(rate: Rate, by) {
      const unlimited = rate.messages === undefined && rate.bytes === undefined
      pacer.change(unlimited ? undefined : rate)
      tell(rateSet(unlimited ? 'unlimited' : rate, { at: now().toISOString(), by }))
    },
    abort(by) {
      note('abort', by)
      aborted.abort(new Stopped('abort'))
    },
  }
}

/** The event of a rate that was set; a resume goes on with it. */
export const rateSet = (rate: Rate | 'unlimited', { at, by }: { at: string; by: string }): RunEvent => ({
  type: 'steered',
  at,
  what: `rate ${inWords(rate === 'unlimited' ? {} : rate)}`,
  by,
  rate,
})

const inWords = ({ messages, bytes }: Rate): string => {
  if (bytes !== undefined) return `${formatBytes(bytes)}/s`
  return messages === undefined ? 'unlimited' : `${formatCount(messages)} messages/s`
}

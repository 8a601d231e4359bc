import { type Clock, systemClock } from '../../core/clock.js'
import { CLEARED, type HoldGate } from '../../core/gate.js'
import type { Gauge } from '../../core/gauges.js'

const EVERY_MS = 1000
/** Who takes longer to answer cannot be read. Milliseconds. */
const PATIENCE_MS = 5000

type Watching = {
  readonly gate: Pick<HoldGate, 'hold' | 'release'>
  readonly clock?: Clock
  /** Milliseconds between two readings of a gauge, and for one; 1,000 and 5,000 unless told. */
  readonly everyMs?: number
  readonly patienceMs?: number
}

/** Reads gauges again and again, each at its own pace, and holds the run with a reason while one is not well or cannot be read. */
export class GaugeWatch {
  readonly #watching: Watching
  readonly #gauges: readonly { readonly gauge: Gauge; held?: Held | undefined }[]

  constructor(gauges: readonly Gauge[], watching: Watching) {
    this.#gauges = gauges.map(gauge => ({ gauge }))
    this.#watching = watching
  }

  /** Reads each of them once. Never throws. */
  async look(signal: AbortSignal): Promise<void> {
    await Promise.all(this.#gauges.map(each => this.#look(each, signal)))
  }

  /** Reads them until the signal aborts. Never throws. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all(this.#gauges.map(each => this.#follow(each, signal)))
  }

  async #follow(each: { readonly gauge: Gauge; held?: Held | undefined }, signal: AbortSignal): Promise<void> {
    const { clock = systemClock, everyMs = EVERY_MS } = this.#watching
    while (!signal.aborted) {
      // Only the end of the run ends this sleep early.
      await clock.sleep(everyMs, signal).catch(() => undefined)
      if (!signal.aborted) await this.#look(each, signal)
    }
  }

  /** The words of a hold stay while it lasts, though its number changes: it is one hold. */
  async #look(each: { readonly gauge: Gauge; held?: Held | undefined }, signal: AbortSignal): Promise<void> {
    const { gate, patienceMs = PATIENCE_MS } = this.#watching
    const found = await judged(each.gauge, patienceMs, signal)
    const { held } = each
    if (signal.aborted || held?.kind === found?.kind) return
    each.held = found !== undefined && gate.hold(found.reason, 'clears') ? found : undefined
    if (held !== undefined) gate.release(held.reason, CLEARED)
  }
}

type Held = { readonly kind: 'unwell' | 'unreadable'; readonly reason: string }

async function judged(gauge: Gauge, patienceMs: number, signal: AbortSignal): Promise<Held | undefined> {
  const patience = AbortSignal.timeout(patienceMs)
  const either = AbortSignal.any([signal, patience])
  try {
    const why = await Promise.race([gauge.read(either), giveUp(either)])
    return why === undefined ? undefined : { kind: 'unwell', reason: `${gauge.name}: ${why}` }
  } catch (error) {
    const why = patience.aborted ? `no answer within ${patienceMs / 1000} s` : (error as Error).message
    return { kind: 'unreadable', reason: `${gauge.name}: cannot be read: ${why}` }
  }
}

const giveUp = (signal: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => {
    const leave = () => reject(signal.reason as Error)
    if (signal.aborted) leave()
    else signal.addEventListener('abort', leave, { once: true })
  })

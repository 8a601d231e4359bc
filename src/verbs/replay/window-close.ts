import { type Clock, systemClock } from '../../core/clock.js'
import type { HoldGate } from '../../core/gate.js'
import { type Night, type NightWindow, nextNight, WINDOW_OVER } from '../../core/window.js'
import { clockAt } from '../../core/zoned.js'
import { Stopped } from '../../errors.js'
import type { Io } from '../../io.js'
import { ioWith } from './window-io.js'

const LOOK_MS = 1000

type Closing = { readonly window: NightWindow; readonly night: Night; readonly io: Io; readonly clock?: Clock }

/**
 * The end of a night: `io` stops softly then. It ends by the wall clock and after its length by a clock that only goes on, whichever is first: a
 * clock that is set back makes no night longer.
 */
export class WindowClose {
  readonly io: Io
  readonly #closing: Closing
  readonly #clock: Clock
  readonly #endsAt: number
  readonly #over = new AbortController()

  constructor(closing: Closing) {
    const { io, night, clock = systemClock } = closing
    this.#closing = closing
    this.#clock = clock
    this.#endsAt = clock.now() + night.closesAt.getTime() - io.now().getTime()
    this.io = ioWith(io, { soft: AbortSignal.any([io.soft, this.#over.signal]) })
  }

  /** Stops the run at the edge, unless an operator ignores that; ends at once when `signal` aborts. Never throws. */
  async watch(gate: Pick<HoldGate, 'ignores'>, signal: AbortSignal): Promise<void> {
    for (let left = this.#left(); left > 0; left = this.#left()) {
      await this.#clock.sleep(Math.min(left, LOOK_MS), signal).catch(() => undefined)
      if (signal.aborted) return
    }
    const reason = overUntil(this.#closing.window, this.#closing.io.now())
    if (!gate.ignores(reason)) this.#over.abort(new Stopped(reason))
  }

  #left(): number {
    const { io, night } = this.#closing
    return Math.min(this.#endsAt - this.#clock.now(), night.closesAt.getTime() - io.now().getTime())
  }
}

/** Why a run has stopped at the edge, and until when. Pure. */
export const overUntil = (window: NightWindow, now: Date): string =>
  `${WINDOW_OVER} until ${clockAt(nextNight(window, now).opensAt.getTime(), window.zone)} ${window.zone}`

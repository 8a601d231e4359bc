import type { Taken } from '../../../fanout/ports.js'
import type { HandOff } from './hand-off.js'
import type { HeldLane } from './held-lane.js'
import type { Member, Pulse, Share } from './member.js'
import { pause } from './patience.js'

const HEARTBEAT_MS = 3_000
/** Longest that lanes may take to be let go, in ms; the rest of the group's patience is for joining anew. */
export const PATIENCE_MS = 60_000
const FORGOTTEN = 'the group does not know this member any more'

export type MembershipOf = {
  readonly member: Member
  readonly out: HandOff<Taken>
  /** The lanes of a round. */
  readonly lanes: (share: Share) => readonly HeldLane[]
  /** Waits out what passes. */
  readonly patiently: <T>(work: () => Promise<T>) => Promise<T>
}

/**
 * The life of a member, in rounds: join, hand out lanes, heartbeats. When the group wants to share out anew every lane is asked back, and when it knows us no
 * more every lane is lost; once all are let go, the next round begins.
 */
export class Membership {
  /** Those of the present round. */
  held: readonly HeldLane[] = []
  readonly #of: MembershipOf

  constructor(of: MembershipOf) {
    this.#of = of
  }

  /** Rounds until `leaving` aborts; no lane is asked back then. Throws Refusal, UserError, BrokerError that does not pass. */
  async rounds(leaving: AbortSignal): Promise<void> {
    const { member, out, patiently } = this.#of
    for (let had: readonly number[] = []; !leaving.aborted; ) {
      const share = await patiently(() => member.join(had))
      this.held = this.#of.lanes(share)
      for (const lane of this.held) out.put({ lane })
      const pulse = await this.beat(leaving, 'rebalance')
      if (leaving.aborted) return
      await this.#handBack(pulse, leaving)
      had = pulse === 'gone' ? [] : share.partitions
    }
  }

  /** Heartbeats until `signal` aborts, the group has forgotten us, or it wants to share out anew where that is waited for. */
  async beat(signal: AbortSignal, until: 'rebalance' | 'gone'): Promise<Pulse> {
    while (!signal.aborted) {
      await pause(HEARTBEAT_MS, signal)
      if (signal.aborted) break
      const pulse = await this.#of.patiently(() => this.#of.member.pulse())
      if (pulse === 'gone') this.lose(FORGOTTEN)
      if (pulse === 'gone' || pulse === until) return pulse
    }
    return 'stable'
  }

  /** Says of all lanes in hand that they are gone. */
  lose(why: string): void {
    for (const lane of this.held) lane.lose(why)
  }

  /** Resolves when all lanes are let go, with heartbeats meanwhile, or `closing` aborts. */
  async seeOff(closing: AbortSignal): Promise<void> {
    await this.#untilReleased(closing, signal => this.beat(signal, 'gone'))
  }

  async #handBack(pulse: Pulse, leaving: AbortSignal): Promise<void> {
    for (const lane of this.held) lane.revoke()
    const signal = AbortSignal.any([leaving, AbortSignal.timeout(PATIENCE_MS)])
    await this.#untilReleased(signal, async letGo => {
      if (pulse === 'gone' || (await this.beat(letGo, 'gone')) === 'gone') await pause(PATIENCE_MS, letGo)
    })
    if (!leaving.aborted) this.lose('it was not given back in time')
  }

  async #untilReleased(signal: AbortSignal, meanwhile: (letGo: AbortSignal) => Promise<unknown>): Promise<void> {
    for (const taken of this.#of.out.withdraw(isLane)) (taken.lane as HeldLane).drop()
    const done = new AbortController()
    const all = Promise.all(this.held.map(lane => lane.released))
    await Promise.race([all, meanwhile(AbortSignal.any([signal, done.signal]))])
    done.abort()
  }
}

const isLane = (taken: Taken): taken is Extract<Taken, { lane: unknown }> => 'lane' in taken

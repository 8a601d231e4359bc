import { BrokerError } from '../../../errors.js'
import type { Intake, Taken } from '../../../fanout/ports.js'
import type { Leaders } from '../relay/leaders.js'
import { assertClassic } from './classic-only.js'
import { Committer } from './committer.js'
import { Elsewhere } from './elsewhere.js'
import { Ends } from './ends.js'
import { fetchShare } from './fetch-share.js'
import { HandOff } from './hand-off.js'
import { LaneTotals } from './lane-totals.js'
import { Member, type Share } from './member.js'
import { memberLanes } from './member-lane.js'
import { Membership, PATIENCE_MS } from './membership.js'
import type { LanesRequest } from './open-lanes.js'
import { waitingOut } from './patience.js'

/** The lanes that a member of a consumer group gets. Ends when each lane of the topic is committed to its end, by whomever of the group. */
export class LanesIntake implements Intake {
  readonly patienceMs = PATIENCE_MS
  readonly #request: LanesRequest
  readonly #leaders: Leaders
  readonly #member: Member
  readonly #membership: Membership
  readonly #ends: Ends
  readonly #elsewhere: Elsewhere
  readonly #totals: LaneTotals
  readonly #out = new HandOff<Taken>()
  /** Aborts when nothing more is to be taken: no further round begins. */
  readonly #leaving = new AbortController()
  /** Aborts when the intake is let go: nothing is waited out any more. */
  readonly #closing = new AbortController()
  #life: Promise<void> | undefined

  constructor(request: LanesRequest, leaders: Leaders) {
    this.#request = request
    this.#leaders = leaders
    this.#totals = new LaneTotals(request.journalled ?? new Map())
    this.#member = new Member(request)
    this.#ends = new Ends({ ...request, leaders })
    this.#elsewhere = new Elsewhere({ ...request, ends: this.#ends, partitions: leaders.partitions })
    this.#membership = new Membership({
      member: this.#member,
      out: this.#out,
      lanes: share => this.#lanes(share),
      patiently: work => this.#patiently('group', work),
    })
  }

  async *take(soft: AbortSignal): AsyncGenerator<Taken> {
    const leave = () => this.#leaving.abort()
    soft.addEventListener('abort', leave)
    if (soft.aborted) return
    this.#life ??= this.#live()
    try {
      yield* this.#out.read(soft)
    } finally {
      soft.removeEventListener('abort', leave)
      leave()
    }
  }

  /** Leaves the group, so that others get the lanes at once. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#leaving.abort()
    this.#closing.abort()
    this.#membership.lose('this run has ended')
    // A parked JoinGroup is answered as soon as its member leaves.
    await this.#leave()
    await this.#life
  }

  async #live(): Promise<void> {
    const { link, group } = this.#request
    try {
      await this.#patiently('group', () => assertClassic(link, group))
      await this.#patiently('ends', () => this.#ends.refresh())
      await Promise.race([this.#membership.rounds(this.#leaving.signal), this.#watch()])
      this.#out.end()
    } catch (error) {
      this.#out.fail(error)
    }
    this.#leaving.abort()
    await this.#seeOff()
  }

  /** Lanes that are still in hand may be settled first. */
  async #seeOff(): Promise<void> {
    try {
      await this.#membership.seeOff(this.#closing.signal)
    } catch (error) {
      if (!(error instanceof BrokerError)) throw error
      this.#membership.lose(error.message)
    }
    await this.#leave()
  }

  /** Follows the ends, and what others have done; resolves when every lane is done. Throws RunError `topic-gone`. */
  async #watch(): Promise<void> {
    const signal = this.#leaving.signal
    await this.#ends.follow(signal, read => this.#patiently('ends', read))
    const tell = (event: Extract<Taken, { event: unknown }>['event']) => this.#out.put({ event })
    const again = (look: () => Promise<void>) => this.#patiently('offsets', look)
    await this.#elsewhere.follow({ signal, again, held: () => this.#membership.held, tell })
  }

  #lanes({ partitions, as }: Share) {
    const committer = new Committer(entries => this.#patiently('commits', () => this.#member.commit(entries, as)))
    const left = partitions.filter(partition => !this.#elsewhere.isDone(partition))
    return memberLanes({
      ...this.#request,
      leaders: this.#leaders,
      ends: this.#ends,
      committer,
      totals: this.#totals,
      fetchBytes: fetchShare(this.#request.bytes, left.length),
      partitions: left,
      patiently: work => this.#patiently('offsets', work),
    })
  }

  async #leave(): Promise<void> {
    try {
      await this.#member.leave()
    } catch (error) {
      if (!(error instanceof BrokerError)) throw error
      this.#request.warn(
        `Could not leave group ${this.#request.group}: its lanes stay unread for up to 30 s (${error.message})`,
      )
    }
  }

  #patiently<T>(lane: string, work: () => Promise<T>): Promise<T> {
    const { link, gate } = this.#request
    return waitingOut({ link, gate, lane, signal: this.#closing.signal, between: () => this.#leaders.refresh() }, work)
  }
}

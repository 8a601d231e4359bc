import { BrokerError, Refusal } from '../../../errors.js'
import { LaneGone } from '../../../fanout/ports.js'
import { askCommit } from '../admin/offsets.js'
import { describeTopic } from '../admin/topics.js'
import { check } from '../errors.js'
import type { Link } from '../link.js'
import type { OffsetEntry } from '../wire/transactions.js'
import { balance, type Subscriber } from './balance.js'
import { GROUP_ERROR, heartbeat, type Joined, joinGroup, leaveGroup, syncGroup } from './group-frames.js'
import { GroupWire } from './group-wire.js'
import { readAssignment, readSubscription, writeAssignment, writeSubscription } from './subscription.js'

/** Without a heartbeat for this long a member is dead to the group. */
const SESSION_MS = 30_000
/** Longest that the group waits for a member to come back with empty hands. */
export const REBALANCE_MS = 75_000
/** A parked JoinGroup may wait for the slowest member: Java's max.poll.interval.ms is five minutes. */
const JOIN_TIMEOUT_MS = 310_000
/** Names of the assignors that Java, librdkafka and kafkajs have in common with us; the assignment is our own where we lead. */
const ASSIGNORS = ['range', 'roundrobin', 'RoundRobinAssigner']

export type MemberOf = { readonly link: Link; readonly group: string; readonly topic: string }

/** What the heartbeat says: all is well, come back with empty hands, or the group knows us no more. */
export type Pulse = 'stable' | 'rebalance' | 'gone'

/** What a member got, and in which generation of the group. */
export type Share = {
  readonly partitions: readonly number[]
  readonly as: { readonly member: string; readonly generation: number }
}

/** Codes that end a membership; what it held belongs to others, or to nobody, by now. */
const GONE = new Set<number>([GROUP_ERROR.illegalGeneration, GROUP_ERROR.unknownMember, GROUP_ERROR.fencedInstance])
const GONE_NAMES = new Set(['ILLEGAL_GENERATION', 'UNKNOWN_MEMBER_ID', 'FENCED_INSTANCE_ID'])

/**
 * One member of a classic consumer group, by our own frames (eager rebalancing: everything is given back before it joins again).
 * Protocol: https://cwiki.apache.org/confluence/display/KAFKA/Kafka+Client-side+Assignment+Proposal, KIP-394.
 */
export class Member {
  readonly #of: MemberOf
  readonly #wire: GroupWire
  #id = ''
  #generation = -1
  #left = false

  constructor(of: MemberOf) {
    this.#of = of
    this.#wire = new GroupWire(of.link, of.group)
  }

  /** Joins and gets its partitions; `had` are those it would like to keep. Throws BrokerError (retry: ask again), Refusal. */
  async join(had: readonly number[]): Promise<Share> {
    for (;;) {
      if (this.#left) throw new BrokerError(`This member has left group ${this.#of.group}`, { retry: false })
      const joined = await this.#join(had)
      if (joined === undefined) continue
      const { error, assignment } = await this.#sync(joined)
      const as = { member: this.#id, generation: this.#generation }
      if (error === 0) return { partitions: readAssignment(assignment).get(this.#of.topic) ?? [], as }
      if (error === GROUP_ERROR.unknownMember) this.#forget()
      else if (error !== GROUP_ERROR.rebalanceInProgress && error !== GROUP_ERROR.illegalGeneration)
        check(error, this.#about('Getting partitions'))
    }
  }

  /** Throws BrokerError where no answer comes. */
  async pulse(): Promise<Pulse> {
    const error = await this.#wire.ask('heartbeat', async wire => {
      const code = await heartbeat(wire, this.#name)
      if (code !== GROUP_ERROR.rebalanceInProgress && !GONE.has(code)) check(code, this.#about('The heartbeat'))
      return code
    })
    if (GONE.has(error)) this.#forget()
    return error === 0 ? 'stable' : error === GROUP_ERROR.rebalanceInProgress ? 'rebalance' : 'gone'
  }

  /** Commits as of one share, never as a later one. Throws LaneGone where that membership or generation has ended, BrokerError. */
  async commit(entries: readonly OffsetEntry[], as: Share['as']): Promise<void> {
    const { link, group, topic } = this.#of
    try {
      await this.#wire.ask('commit', wire => askCommit(link, wire, { group, topic, entries, as }))
    } catch (error) {
      throw explained(error, group)
    }
  }

  /** Gives up the membership for good; others get its partitions at once. Does nothing where there is none. */
  async leave(): Promise<void> {
    const member = this.#id
    this.#left = true
    if (member === '') return
    this.#forget()
    await this.#wire.ask('heartbeat', wire => leaveGroup(wire, { group: this.#of.group, member }))
  }

  async #join(had: readonly number[]): Promise<Joined | undefined> {
    const { group, topic } = this.#of
    const owned = had.length > 0 ? new Map([[topic, had]]) : new Map<string, number[]>()
    const metadata = writeSubscription({ topics: [topic], owned })
    const joined = await this.#wire.ask('member', async wire => {
      const answer = await joinGroup(wire, {
        group,
        member: this.#id,
        sessionMs: SESSION_MS,
        rebalanceMs: REBALANCE_MS,
        protocols: ASSIGNORS.map(name => ({ name, metadata })),
        timeoutMs: JOIN_TIMEOUT_MS,
      })
      if (!EXPECTED.has(answer.error)) check(answer.error, this.#about('Joining'))
      return answer
    })
    if (joined.error === GROUP_ERROR.inconsistentProtocol) throw otherProtocol(group)
    if (GONE.has(joined.error)) this.#forget()
    else this.#id = joined.member
    if (joined.error !== 0) return undefined
    this.#generation = joined.generation
    return joined
  }

  async #sync(joined: Joined) {
    const shares = joined.leader === joined.member ? await this.#shares(joined) : []
    return this.#wire.ask('member', async wire => {
      const answer = await syncGroup(wire, this.#name, shares)
      if (answer.error !== GROUP_ERROR.rebalanceInProgress && !GONE.has(answer.error))
        check(answer.error, this.#about('Getting partitions'))
      return answer
    })
  }

  /** The leader's work: partitions for every member, of every topic that any of them wants. */
  async #shares({ members }: Joined) {
    const subscribers = members.map(({ member, metadata }): Subscriber => ({ member, ...readSubscription(metadata) }))
    const topics = [...new Set(subscribers.flatMap(each => each.topics))]
    const counts = new Map<string, number>()
    for (const topic of topics) {
      const found = await describeTopic(this.#of.link, topic)
      if (found) counts.set(topic, found.partitions.length)
    }
    const shares = balance(subscribers, counts)
    return members.map(({ member }) => ({ member, assignment: writeAssignment(shares.get(member) ?? new Map()) }))
  }

  get #name() {
    return { group: this.#of.group, generation: this.#generation, member: this.#id }
  }

  #forget(): void {
    this.#id = ''
    this.#generation = -1
  }

  #about(doing: string) {
    const { group } = this.#of
    return { doing: `${doing} as a member of group ${group}`, group, operation: 'Read' }
  }
}

const EXPECTED = new Set<number>([0, ...GONE, GROUP_ERROR.memberIdRequired, GROUP_ERROR.inconsistentProtocol])

/** What a refused commit means. A group that waits for its leader takes no commit for a moment. */
function explained(error: unknown, group: string): unknown {
  if (!(error instanceof BrokerError)) return error
  if (GONE_NAMES.has(error.code)) return new LaneGone(`Group ${group} knows this member no more: ${error.code}`)
  if (error.code !== 'REBALANCE_IN_PROGRESS') return error
  return new BrokerError(error.message, { code: error.code, retry: true, cause: error })
}

const otherProtocol = (group: string): Refusal =>
  new Refusal(`Group ${group} has members whose protocol has nothing in common with ours`, {
    code: 'group-protocol',
    hint: `Spillway shares a group with classic members that use the assignors range or roundrobin (partition.assignment.strategy). Stop the others, or name another group with --group.`,
  })

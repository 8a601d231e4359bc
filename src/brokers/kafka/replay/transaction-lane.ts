import { BrokerError, Refusal } from '../../../errors.js'
import type { LaneSink, Outgoing, PageSize, ReplayPosition, Unable } from '../../../replay/ports.js'
import { committedOffsets } from '../admin/offsets.js'
import type { Link } from '../link.js'
import { Transaction } from '../relay/transaction.js'
import { LaneWriter, type Ready } from './lane-writer.js'
import { PagePace } from './page-pace.js'
import { formatPosition, type PositionNote, parsePosition } from './position-note.js'
import { replaySection, tooLarge } from './section.js'
import type { TargetTopic, TargetTopics } from './target-topics.js'

/** The record itself is refused: MESSAGE_TOO_LARGE, RECORD_LIST_TOO_LARGE, INVALID_TIMESTAMP, INVALID_RECORD. */
const UNCARRIABLE = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE', 'INVALID_TIMESTAMP', 'INVALID_RECORD'])
/** What brokers answer a producer whose transaction was ended by its coordinator, or was taken over. */
const FENCED = new Set([
  'INVALID_PRODUCER_EPOCH',
  'PRODUCER_FENCED',
  'INVALID_PRODUCER_ID_MAPPING',
  'INVALID_TXN_STATE',
  'OUT_OF_ORDER_SEQUENCE_NUMBER',
  'UNKNOWN_PRODUCER_ID',
])

/** Where the position of a lane is committed: a group's offset of a partition that is there. */
export type PositionPlace = { readonly group: string; readonly topic: string; readonly partition: number }

export type TransactionLaneOf = {
  readonly link: Link
  readonly topics: TargetTopics
  readonly run: string
  readonly host: string
  readonly nonce: string
  readonly transactionalId: string
  readonly place: PositionPlace
  /** The committed offset is the mark itself (a dead-letter topic's), not a count of what was read. */
  readonly offsetIsMark: boolean
  readonly now: () => number
}

/** Pages as transactions that hold the position (KIP-98): who reads committed data sees each message once, whatever is killed in between. */
export class TransactionLane implements LaneSink {
  readonly #of: TransactionLaneOf
  readonly #transaction: Transaction
  readonly #pace = new PagePace()
  /** Of messages that the broker refused: why, by the position behind each. */
  readonly #refused = new Map<string, string>()
  #writer: LaneWriter | undefined
  #ready: readonly Ready[] = []
  #opened = false

  constructor(of: TransactionLaneOf) {
    this.#of = of
    const { link, transactionalId, place } = of
    this.#transaction = new Transaction({
      link,
      transactionalId,
      targetTopic: place.topic,
      group: place.group,
      sourceTopic: place.topic,
    })
  }

  get page(): PageSize {
    return this.#pace.size
  }

  get uncommitted(): number {
    return 0
  }

  takeRepeats(): number {
    return 0
  }

  async position(): Promise<ReplayPosition | undefined> {
    const { link, transactionalId, nonce, topics } = this.#of
    await topics.refresh()
    await this.#transaction.init()
    const { producerId, epoch } = this.#transaction
    this.#writer = new LaneWriter({
      link,
      purpose: transactionalId,
      producer: { producerId, epoch, transactionalId },
      include: (topic, partitions) => this.#transaction.include(partitions, topic),
    })
    const kept = await this.#committed()
    if (kept === undefined) return undefined
    if (kept.nonce !== nonce) {
      if (this.#opened) throw fenced(kept)
      // Whoever was at work until now learns from it that it is fenced.
      await this.commit(kept)
    }
    this.#opened = true
    return kept
  }

  async prepare(items: readonly Outgoing[]): Promise<readonly Unable[]> {
    const ready: Ready[] = []
    const unable: Unable[] = []
    const targets = new Map<string | undefined, TargetTopic | undefined>()
    for (const item of items) {
      const name = this.#of.topics.nameOf(item.to)
      if (name !== undefined && !targets.has(name)) targets.set(name, await this.#of.topics.get(name))
      const made = this.#made(item, name, targets.get(name))
      if ('reason' in made) unable.push(made)
      else ready.push(made)
    }
    this.#ready = ready
    return unable
  }

  async send(_items: readonly Outgoing[], hard: AbortSignal): Promise<readonly Unable[]> {
    this.#pace.begin()
    try {
      await this.#writer?.send(this.#ready, hard)
      return []
    } catch (error) {
      throw await this.#explained(error)
    }
  }

  async commit(position: ReplayPosition): Promise<void> {
    const { run, host, nonce, place, offsetIsMark } = this.#of
    const metadata = formatPosition({ ...position, run, host, nonce })
    const offset = offsetIsMark ? Number(position.mark) : Number(position.totals.read)
    try {
      await this.#transaction.commitOffset([{ partition: place.partition, offset, metadata }])
      await this.#transaction.end(true)
    } catch (error) {
      throw await this.#explained(error)
    }
    this.#opened = true
    this.#pace.end({ messages: this.#ready.length, bytes: sizeOf(this.#ready) })
    this.#ready = []
  }

  async abandon(): Promise<void> {
    await this.#transaction.end(false).catch(() => undefined)
  }

  #made(item: Outgoing, name: string | undefined, target: TargetTopic | undefined): Ready | Unable {
    const { topics, now } = this.#of
    if (target === undefined) return { item, reason: name === undefined ? NOWHERE : `topic ${name} is not there` }
    const refused = this.#refused.get(item.next)
    if (refused !== undefined) return { item, reason: refused }
    const section = replaySection(item.message, item.extra, now)
    // What only fits compressed is for the broker to say.
    const large = (item.codec ?? 0) === 0 ? tooLarge(section, target) : undefined
    if (large !== undefined) return { item, reason: large }
    if (target.compacted && item.message.key === null)
      return { item, reason: `${target.topic} is compacted and takes no message without a key` }
    return { item, section, target, partition: topics.partitionOf(item, target) }
  }

  async #committed(): Promise<PositionNote | undefined> {
    const { link, place, run } = this.#of
    const { group, topic, partition } = place
    const topics = await committedOffsets(link, group, { topic, partitions: [partition], stable: true })
    const note = parsePosition(topics.get(topic)?.get(partition)?.metadata)
    return note?.run === run ? note : undefined
  }

  /** What the broker refuses of a page is found one by one; a fence is final only where somebody else's execution has committed. */
  async #explained(error: unknown): Promise<unknown> {
    if (!(error instanceof BrokerError)) return error
    if (UNCARRIABLE.has(error.code)) {
      const [one, another] = this.#ready
      if (one !== undefined && another === undefined) this.#refused.set(one.item.next, error.message)
      else this.#pace.refused(this.#ready.length)
      return again(error, error.message)
    }
    if (!FENCED.has(error.code)) return error
    const kept = await this.#committed()
    if (kept !== undefined && kept.nonce !== this.#of.nonce) return fenced(kept)
    return again(error, 'The transaction ran out of time and was ended by the broker')
  }
}

const sizeOf = (ready: readonly Ready[]): number =>
  ready.reduce((sum, { section }) => sum + section.end - section.start, 0)

const NOWHERE = 'it does not say where it came from'

const again = (cause: BrokerError, message: string): BrokerError =>
  new BrokerError(message, { code: cause.code, hint: cause.hint, retry: true, cause })

const fenced = ({ run, host }: PositionNote): Refusal =>
  new Refusal(`Another runner took run ${run} over on ${host}`, {
    code: 'fenced',
    hint: `Follow it there, or take it back with: spillway resume ${run}`,
  })

import type { Mark } from '../../../core/event.js'
import type { Message } from '../../../core/message.js'
import { HoldError } from '../../../errors.js'
import type { Intake, Taken, WorkGate, WorkLane } from '../../../fanout/ports.js'
import type { ReplayChunk, ReplayItem, ReplayLane, ReplaySource } from '../../../replay/ports.js'
import type { Addressing } from './dead-letters.js'
import { Life, settledAt } from './life.js'
import { within } from './within.js'

/** A page that waits longer for more goes out as it is: what is in hand must be settled before the queue gives more. Milliseconds. */
const PAGE_MS = 150
/** How long the end of the intake is waited for, which tells what was missing. Milliseconds. */
const LAST_WORD_MS = 3000

export type DeadLetterQueueOptions = {
  /** Of the queue alone: under its lock, as many messages as were there at the start. */
  readonly intake: Intake
  readonly queue: string
  /** Messages that earlier executions of the run have settled. */
  readonly from: Mark
  /** The messages that were there at the start, in number. */
  readonly to: Mark
  readonly address: Addressing
  readonly gate: Pick<WorkGate, 'closed' | 'holds'>
  readonly warn: (message: string) => void | Promise<void>
}

/** A dead-letter queue as what a replay sends: each message stays in it, unacked, until it is durable where it goes. */
export class DeadLetterQueue implements ReplaySource, ReplayLane {
  readonly lanes: readonly ReplayLane[] = [this]
  readonly lane: string
  readonly from: Mark
  readonly to: Mark
  readonly #options: DeadLetterQueueOptions
  readonly #closing = new AbortController()
  #taken: AsyncIterator<Taken> | undefined
  #coming: Promise<IteratorResult<Taken>> | undefined
  #life: Life | undefined
  #lives = 0

  constructor(options: DeadLetterQueueOptions) {
    this.#options = options
    this.lane = options.queue
    this.from = options.from
    this.to = options.to
  }

  async *read(from: Mark, soft: AbortSignal): AsyncGenerator<ReplayChunk> {
    let again = this.#life?.dead === false ? this.#life.open.slice() : []
    for (let at = from; ; ) {
      const life = await this.#alive(settledAt(at), soft)
      if (life === undefined) return
      if (again.length > 0) yield await this.#chunk(life, again)
      again = []
      const step = await life.next(soft, PAGE_MS)
      if (step.kind === 'end') return
      // What was handed out before may have been settled while these were waited for.
      if (step.kind === 'messages')
        yield await this.#chunk(life, step.messages, life.open.length - step.messages.length)
      else if (life.open.length === 0) at = await this.#emptyHanded(life, step.kind)
      else yield { items: [], next: life.mark(life.open.length), skipped: 0, pause: true }
    }
  }

  async settle(upTo: Mark): Promise<void> {
    await this.#life?.settle(upTo)
  }

  /** `before`: open messages that were handed out before these. */
  async #chunk(life: Life, messages: readonly Message[], before = 0): Promise<ReplayChunk> {
    const marks = messages.map((_, at) => life.mark(before + at + 1))
    const items: ReplayItem[] = []
    for (const [at, message] of messages.entries())
      items.push({ ...(await this.#options.address(message)), next: marks[at] ?? '' })
    return { items, next: marks.at(-1) ?? life.mark(before), skipped: 0 }
  }

  /** The life that goes on, or a new one. Undefined where there is nothing more to read. Throws Refusal, UserError, BrokerError. */
  async #alive(base: bigint, soft: AbortSignal): Promise<Life | undefined> {
    if (this.#life?.dead === false) return this.#life
    await this.#life?.lane.close(false)
    this.#life = undefined
    const lane = await this.#next(soft)
    if (lane === undefined) return undefined
    this.#life = new Life(lane, { base, number: this.#lives++ })
    await this.#life.begin()
    return this.#life
  }

  async #next(soft: AbortSignal): Promise<WorkLane | undefined> {
    this.#taken ??= this.#options.intake.take(AbortSignal.any([soft, this.#closing.signal]))[Symbol.asyncIterator]()
    for (;;) {
      this.#coming ??= this.#asked(this.#taken)
      const came = await within(this.#coming, PAGE_MS)
      if (came === undefined) this.#assertOpen()
      if (came === undefined) continue
      if (came.done === true) return undefined
      // Asked on at once: the intake watches for long holds only while somebody waits for it.
      this.#coming = this.#asked(this.#taken)
      if ('lane' in came.value) return came.value.lane
      await this.#tell(came.value)
    }
  }

  #asked(taken: AsyncIterator<Taken>): Promise<IteratorResult<Taken>> {
    const asked = taken.next()
    // Its failure shows when it is waited for.
    asked.catch(() => undefined)
    return asked
  }

  async #tell(taken: Taken): Promise<void> {
    if ('event' in taken && taken.event.type === 'warned') await this.#options.warn(taken.event.message)
  }

  /** With nothing in hand it holds where the run does, and gives the lane back where it is asked to. Where it goes on. */
  async #emptyHanded(life: Life, step: 'nothing' | 'leave'): Promise<Mark> {
    const mark = life.mark(0)
    if (step === 'nothing') this.#assertOpen()
    else {
      await life.lane.close(true)
      this.#life = undefined
    }
    return mark
  }

  /** Throws HoldError with what holds the run: whoever reads passes the gate then. */
  #assertOpen(): void {
    const { gate } = this.#options
    if (gate.closed) throw new HoldError(gate.holds().at(-1)?.reason ?? 'held', 'clears')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const life = this.#life
    this.#life = undefined
    const isDone = life !== undefined && !life.dead && life.open.length === 0 && life.lane.finished
    // Else the intake would begin another life as soon as this one ends.
    if (!isDone) this.#closing.abort()
    await life?.lane.close(isDone)
    if (isDone) await this.#lastWord()
    this.#closing.abort()
    await this.#taken?.return?.()
    await this.#options.intake[Symbol.asyncDispose]()
  }

  /** What was ready at the start and did not come: the intake says so once its lane is closed. */
  async #lastWord(): Promise<void> {
    const last = this.#coming === undefined ? undefined : await within(this.#coming, LAST_WORD_MS)
    if (last !== undefined && last.done !== true) await this.#tell(last.value)
  }
}

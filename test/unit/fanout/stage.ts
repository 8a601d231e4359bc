import type { RunEvent } from '../../../src/core/event.js'
import { foldRun, NOTHING_YET, type RunSoFar } from '../../../src/core/fold.js'
import { HoldGate } from '../../../src/core/gate.js'
import type { Message } from '../../../src/core/message.js'
import { Pacer } from '../../../src/core/rate.js'
import type {
  Attempt,
  Chunk,
  Done,
  Handler,
  Intake,
  Outcome,
  Parked,
  Taken,
  WorkLane,
} from '../../../src/fanout/ports.js'
import { DONE, LaneGone } from '../../../src/fanout/ports.js'
import { type WorkParts, work } from '../../../src/fanout/work.js'

const NO_NOTES = { holes: 0n, markers: 0n, aborted: 0n }

/** A message of a lane; its key is `null` for none. */
export const message = (lane: string, offset: number, key: string | null): Message => ({
  id: `orders/${lane}/${offset}`,
  key: key === null ? null : Buffer.from(key),
  value: Buffer.from(`${offset}`),
  headers: [],
  timestamp: offset,
  target: 'orders',
  lane,
  mark: String(offset),
  size: 10,
})

/** A lane that holds its messages in memory, as a broker would: what was not settled is there for the next life. */
export class MemoryLane implements WorkLane {
  readonly lane: string
  readonly settling: 'prefix' | 'each'
  readonly #messages: readonly Message[]
  readonly #chunk: number
  committed = 0
  finished = false
  closed: boolean | undefined
  /** Settled messages of a lane that settles each. */
  readonly acked = new Set<string>()
  /** Reading ends before this message, as a rebalance would have it. */
  takeBackAt: number | undefined
  /** Settling throws LaneGone from now on. */
  isGone = false

  constructor(
    messages: readonly Message[],
    options: { settling?: 'prefix' | 'each'; chunk?: number; from?: number } = {},
  ) {
    this.lane = messages[0]?.lane ?? '0'
    this.settling = options.settling ?? 'prefix'
    this.#messages = messages
    this.#chunk = options.chunk ?? 100
    this.committed = options.from ?? 0
  }

  async open() {
    return { from: String(this.committed), to: String(this.#messages.length) }
  }

  async *chunks(soft: AbortSignal): AsyncGenerator<Chunk> {
    let at = this.committed
    while (at < this.#messages.length && !soft.aborted) {
      await new Promise(resolve => setImmediate(resolve))
      if (this.isGone) throw new LaneGone('another member has it')
      const end = Math.min(at + this.#chunk, this.takeBackAt ?? this.#messages.length, this.#messages.length)
      if (end === at) return
      yield { messages: this.#messages.slice(at, end), next: String(end), notData: NO_NOTES, bytes: (end - at) * 10 }
      at = end
    }
    this.finished = at >= this.#messages.length
  }

  after(each: Message) {
    return String(Number(each.mark) + 1)
  }

  async settle({ upTo, messages }: Done) {
    await new Promise(resolve => setImmediate(resolve))
    if (this.isGone) throw new LaneGone('another member has it')
    for (const { mark } of messages) this.acked.add(mark)
    this.committed = Number(upTo)
  }

  async close(clean: boolean) {
    this.closed = clean
  }
}

/** Hands over the lanes that it is given, one life each. */
export const intakeOf = (lanes: readonly WorkLane[], patienceMs = 5000): Intake => ({
  patienceMs,
  async *take(): AsyncGenerator<Taken> {
    for (const lane of lanes) yield { lane }
  },
  async [Symbol.asyncDispose]() {},
})

/** A handler that is a function; without one every message is done at once. */
export const handlerOf = (
  handle: (attempt: Attempt, hard: AbortSignal) => Outcome | Promise<Outcome> = () => DONE,
  slots = 16,
): Handler => ({
  slots,
  async start() {},
  handle,
  async [Symbol.asyncDispose]() {},
})

export type Played = {
  readonly state: RunSoFar
  readonly events: readonly RunEvent[]
  readonly parked: readonly Parked[]
  readonly error: unknown
}

export type Play = Partial<Omit<WorkParts, 'gate'>> & {
  readonly intake: Intake
  readonly gate?: HoldGate
  readonly soft?: AbortSignal
  readonly hard?: AbortSignal
  readonly onEvent?: (event: RunEvent) => void
}

/** Works until the end and gives what was told. */
export async function play({ soft, hard, onEvent, ...parts }: Play): Promise<Played> {
  const parked: Parked[] = []
  const events: RunEvent[] = []
  const never = new AbortController().signal
  const whole: WorkParts = {
    handler: handlerOf(),
    park: async each => void parked.push(each),
    gate: new HoldGate(),
    pacer: new Pacer(undefined),
    now: () => new Date(),
    order: 'key',
    retries: 3,
    maxAhead: 10_000,
    expected: 0n,
    random: () => 0,
    ...parts,
  }
  let error: unknown
  try {
    for await (const event of work(whole, { soft: soft ?? never, hard: hard ?? never })) {
      events.push(event)
      onEvent?.(event)
    }
  } catch (thrown) {
    error = thrown
  }
  return { state: events.reduce(foldRun, NOTHING_YET), events, parked, error }
}

/** Messages of one lane whose keys come round `keys` in turn. */
export const messages = (lane: string, count: number, keys: number): Message[] =>
  Array.from({ length: count }, (_, offset) => message(lane, offset, `key-${offset % keys}`))

export const later = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))

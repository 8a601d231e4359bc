import { describe, expect, it } from 'vitest'
import type { Counts, RunEvent } from '../../../src/core/event.js'
import { HoldGate } from '../../../src/core/gate.js'
import type { Batch, Sink, Source } from '../../../src/core/ports.js'
import { pump } from '../../../src/core/pump.js'
import { BrokerError, DoubtedRange, HoldError, LostRange, RunError } from '../../../src/errors.js'

const COUNTS: Counts = {
  read: 1n,
  written: 1n,
  parked: 0n,
  dropped: 0n,
  holes: 0n,
  markers: 0n,
  aborted: 0n,
  bytes: 1n,
}
const AT = '2026-01-01T00:00:00.000Z'
const gone = () => new BrokerError('connection lost', { retry: true })
const range = { lane: '0', from: '3', to: '9' }

type Step = 'open' | 'read' | 'write' | 'flush' | 'settle'
/** The n-th passing of a step, from 1, that fails, and with what. */
type Faults = Partial<Record<Step, (passing: number) => Error | undefined>>

/** A lane of batches of two pieces each, kept in memory; it notes each step and fails where the script says so. */
class MemoryLane implements Source<string>, Sink<string> {
  readonly lane = '0'
  readonly steps: string[] = []
  settled = 0
  #passed = new Map<Step, number>()
  readonly #batches: number
  readonly #faults: Faults
  recovered: { mark: string; counts: Counts } | undefined
  /** The end as it is known when the lane opens; a tail that is followed ends later. */
  firstEnd: number | undefined

  constructor(batches: number, faults: Faults = {}) {
    this.#batches = batches
    this.#faults = faults
  }

  get finished(): boolean {
    return this.settled === this.#batches
  }

  async open() {
    this.#pass('open')
    const opened = { from: String(this.settled), to: String(this.firstEnd ?? this.#batches) }
    return this.recovered ? { ...opened, recovered: this.recovered } : opened
  }

  async *batches(soft: AbortSignal): AsyncGenerator<Batch<string>> {
    while (!soft.aborted && !this.finished) yield this.#batch(this.settled)
  }

  async write(piece: string) {
    this.#pass('write', piece)
  }

  async flush() {
    this.#pass('flush')
  }

  #batch(number: number): Batch<string> {
    const pass = (step: Step, note?: string) => this.#pass(step, note)
    return {
      async *cargo() {
        for (const piece of ['a', 'b']) {
          pass('read')
          yield `${number}${piece}`
        }
      },
      settle: async () => {
        pass('settle', String(number))
        this.settled = number + 1
        return { mark: String(this.settled), counts: COUNTS }
      },
      abandon: async () => void this.steps.push(`abandon ${number}`),
    }
  }

  #pass(step: Step, note = ''): void {
    const passing = (this.#passed.get(step) ?? 0) + 1
    this.#passed.set(step, passing)
    const fault = this.#faults[step]?.(passing)
    this.steps.push(`${step} ${note}${fault ? ' fails' : ''}`.replace('  ', ' ').trim())
    if (fault) throw fault
  }
}

const first = (error: Error) => (passing: number) => (passing === 1 ? error : undefined)

/** Pumps a lane to its end; `seen` is asked after every event. */
async function run(lane: MemoryLane, seen: (event: RunEvent, stop: AbortController) => void = () => undefined) {
  const [soft, hard, gate] = [new AbortController(), new AbortController(), new HoldGate()]
  const events: RunEvent[] = []
  const backoffs: number[] = []
  const backoff = async (attempt: number) => void backoffs.push(attempt)
  const parts = { source: lane, sink: lane, gate, now: () => new Date(AT), backoff }
  let failure: unknown
  try {
    for await (const event of pump(parts, { soft: soft.signal, hard: hard.signal })) {
      events.push(event)
      if (event.type === 'held' && event.until === 'operator') gate.resume('operator')
      seen(event, soft)
    }
  } catch (error) {
    failure = error
  }
  return { events, types: events.map(each => each.type), backoffs, failure }
}

describe('the pump', () => {
  it('settles each batch after its pieces are written and flushed, and before the next is read', async () => {
    const lane = new MemoryLane(2)
    const { events, types } = await run(lane)
    const one = (n: number) => ['read', `write ${n}a`, 'read', `write ${n}b`, 'flush', `settle ${n}`]
    expect(lane.steps).toEqual(['open', ...one(0), ...one(1)])
    expect(types).toEqual(['opened', 'settled', 'settled', 'finished'])
    expect(events[1]).toEqual({ type: 'settled', at: AT, lane: '0', mark: '1', counts: COUNTS })
  })

  it('finishes where it stands, beyond the end that it began with where the tail was followed', async () => {
    const lane = new MemoryLane(3)
    lane.firstEnd = 1
    const { events } = await run(lane)
    expect(events.at(-1)).toEqual({ type: 'finished', at: AT, lane: '0', mark: '3' })
    expect((await run(new MemoryLane(0))).events.at(-1)).toMatchObject({ type: 'finished', mark: '0' })
  })

  it('tells what an earlier execution settled without living to journal it', async () => {
    const lane = new MemoryLane(0)
    lane.recovered = { mark: '7', counts: { ...COUNTS, read: 7n } }
    const { events } = await run(lane)
    expect(events[1]).toMatchObject({ type: 'settled', mark: '7', counts: { read: 7n } })
  })

  it.each(['read', 'write', 'flush', 'settle'] as const)(
    'gives the batch up when %s fails, opens anew and copies it once',
    async step => {
      const lane = new MemoryLane(1, { [step]: first(gone()) })
      const { types, failure } = await run(lane)
      expect(failure).toBeUndefined()
      const fault = lane.steps.findIndex(each => each.endsWith('fails'))
      expect(lane.steps.slice(fault + 1, fault + 3)).toEqual(['abandon 0', 'open'])
      expect(lane.steps.filter(each => each.startsWith('settle') && !each.endsWith('fails'))).toHaveLength(1)
      expect(types).toEqual(['opened', 'opened', 'settled', 'finished'])
    },
  )

  it('gives the batch up once, and ends, on a failure that will not pass', async () => {
    const lane = new MemoryLane(2, { flush: first(new RunError('disk full')) })
    const { types, failure } = await run(lane)
    expect(failure).toMatchObject({ message: 'disk full' })
    expect(lane.steps.filter(each => each.startsWith('abandon'))).toEqual(['abandon 0'])
    expect(lane.steps).not.toContain('settle 0')
    expect(types).toEqual(['opened'])
  })

  it('is silent about a broker that comes back at once, and then holds once, with the reason, until the lane works again', async () => {
    const lane = new MemoryLane(1, { open: passing => (passing <= 3 ? gone() : undefined) })
    const { events, types, backoffs } = await run(lane)
    expect(backoffs).toEqual([1, 2, 3])
    expect(types).toEqual(['held', 'opened', 'settled', 'released', 'finished'])
    expect(events[0]).toMatchObject({ reason: 'broker: connection lost', until: 'clears' })
  })

  it('waits as after a first fault once a batch was settled in between', async () => {
    const lane = new MemoryLane(3, { flush: passing => (passing % 2 === 0 ? gone() : undefined) })
    const { backoffs } = await run(lane)
    expect(backoffs).toEqual([1, 1])
  })

  it('holds empty-handed while the group has a member, until the operator resumes', async () => {
    const lane = new MemoryLane(1, { settle: first(new HoldError('member: app-1 of 10.0.0.7', 'operator')) })
    const { events, types } = await run(lane)
    expect(lane.steps).toContain('abandon 0')
    expect(types).toEqual(['opened', 'held', 'released', 'opened', 'settled', 'finished'])
    expect(events[1]).toMatchObject({ reason: 'member: app-1 of 10.0.0.7', until: 'operator' })
  })

  it('ends a lane whose range is lost, without failing the others', async () => {
    const lane = new MemoryLane(2, { read: passing => (passing === 3 ? new LostRange(range, 'retention') : undefined) })
    const { events, types, failure } = await run(lane)
    expect(failure).toBeUndefined()
    expect(types).toEqual(['opened', 'settled', 'lost'])
    expect(events.at(-1)).toMatchObject({ ...range, why: expect.stringContaining('retention') })
    expect(lane.steps.at(-1)).toBe('abandon 1')
  })

  it('names a range that somebody else may have had too, and stops', async () => {
    const lane = new MemoryLane(1, { settle: first(new DoubtedRange(range, 'somebody else committed offset 9')) })
    const { events, failure } = await run(lane)
    expect(failure).toBeInstanceOf(DoubtedRange)
    expect(events.at(-1)).toMatchObject({ type: 'doubted', ...range, messages: 6n })
    expect(lane.steps.at(-1)).toBe('abandon 0')
  })

  it('finishes the batch in hand when it is asked to stop, and is not finished', async () => {
    const lane = new MemoryLane(5)
    const { types } = await run(lane, (event, stop) => {
      if (event.type === 'settled') stop.abort()
    })
    expect(types).toEqual(['opened', 'settled'])
    expect(lane.settled).toBe(1)
  })

  it('does not open a lane after it was asked to stop', async () => {
    const lane = new MemoryLane(5, { open: gone })
    const { types } = await run(lane, (event, stop) => {
      if (event.type === 'held') stop.abort()
    })
    expect(types.filter(type => type === 'opened')).toEqual([])
    expect(lane.steps.length).toBeLessThan(5)
  })
})

import { BrokerError, DoubtedRange, HoldError, LostRange } from '../errors.js'
import type { RunEvent } from './event.js'
import type { Batch, Gate, Settled, Sink, Source } from './ports.js'

export type PumpParts<Cargo> = {
  readonly source: Source<Cargo>
  readonly sink: Sink<Cargo>
  readonly gate: Gate
  readonly now: () => Date
  /** Waits before a fault is tried again; aborts with `soft`. */
  readonly backoff: (attempt: number, soft: AbortSignal) => Promise<void>
}

export type Signals = { readonly soft: AbortSignal; readonly hard: AbortSignal }

/**
 * The engine: read a batch, write, settle, tell, pause if asked; one lane, one batch at a time. A fault that may pass
 * gives the batch up, holds with its reason and opens the lane anew; a range that is gone ends this lane alone.
 */
export async function* pump<Cargo>(parts: PumpParts<Cargo>, signals: Signals): AsyncGenerator<RunEvent> {
  const { lane } = parts.source
  for (let attempt = 1; !signals.soft.aborted; attempt++) {
    yield* parts.gate.pass(lane, signals.soft)
    if (signals.soft.aborted) return
    try {
      for await (const event of execution(parts, signals)) {
        if (event.type === 'settled') attempt = 1
        if (isWell(event)) parts.gate.recovered(lane)
        yield event
      }
      if (!signals.soft.aborted) parts.gate.recovered(lane)
      return
    } catch (error) {
      if (signals.hard.aborted) throw error
      if (error instanceof LostRange) {
        parts.gate.recovered(lane)
        return yield lost(parts, error)
      }
      if (error instanceof DoubtedRange) {
        yield doubted(parts, error)
        throw error
      }
      if (error instanceof HoldError) parts.gate.hold(error.message, error.until)
      else if (error instanceof BrokerError && error.retry) await waitOut({ parts, error, attempt }, signals.soft)
      else throw error
    }
  }
}

async function* execution<Cargo>(parts: PumpParts<Cargo>, signals: Signals): AsyncGenerator<RunEvent> {
  const { source, gate, now } = parts
  const opened = await source.open()
  yield { type: 'opened', at: now().toISOString(), lane: source.lane, from: opened.from, to: opened.to }
  if (opened.recovered) yield settledEvent(parts, opened.recovered)
  let mark = opened.from
  for await (const batch of source.batches(signals.soft)) {
    const settled = await carry(parts, batch, signals)
    mark = settled.mark
    yield settledEvent(parts, settled)
    yield* gate.pass(source.lane, signals.soft)
  }
  if (source.finished) yield { type: 'finished', at: now().toISOString(), lane: source.lane, mark }
}

async function carry<Cargo>(
  { sink }: PumpParts<Cargo>,
  batch: Batch<Cargo>,
  { soft, hard }: Signals,
): Promise<Settled> {
  try {
    for await (const cargo of batch.cargo(soft)) await sink.write(cargo, hard)
    await sink.flush(hard)
    return await batch.settle()
  } catch (error) {
    await batch.abandon()
    throw error
  }
}

/** A lane that was only opened may fail at its next batch; one at its end has none. */
const isWell = (event: RunEvent): boolean =>
  event.type === 'settled' || (event.type === 'opened' && event.from === event.to)

/** A broker that went away: told as a hold until the lane works again, and asked again with growing pauses. */
async function waitOut<Cargo>(
  { parts, error, attempt }: { parts: PumpParts<Cargo>; error: BrokerError; attempt: number },
  soft: AbortSignal,
): Promise<void> {
  // The first try is silent: leaders move all the time.
  if (attempt > 1) parts.gate.trouble(parts.source.lane, `broker: ${error.message}`)
  await parts.backoff(attempt, soft)
}

const settledEvent = <Cargo>({ source, now }: PumpParts<Cargo>, settled: Settled): RunEvent => ({
  type: 'settled',
  at: now().toISOString(),
  lane: source.lane,
  ...settled,
})

const lost = <Cargo>({ now }: PumpParts<Cargo>, { lane, from, to, message }: LostRange): RunEvent => ({
  type: 'lost',
  at: now().toISOString(),
  lane,
  from,
  to,
  why: message,
})

const doubted = <Cargo>({ now }: PumpParts<Cargo>, { lane, from, to, message }: DoubtedRange): RunEvent => ({
  type: 'doubted',
  at: now().toISOString(),
  lane,
  from,
  to,
  why: message,
  messages: BigInt(to) - BigInt(from),
})

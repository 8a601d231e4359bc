import { Signal } from '../relay/signal.js'
import { type Delivery, held } from '../wire/delivery.js'
import type { KeptWindow } from './kept-window.js'
import type { Keep } from './request.js'
import { type Frames, type Taken, withBody } from './taken.js'

/** A piece of an archive has so many messages, or so many bytes, whichever comes first. */
const PIECE = 1000
const PIECE_BYTES = 1 << 20
/** So many bytes may wait for the archive; beyond it nothing more is taken. */
const AHEAD_BYTES = 16 << 20

const GIVEN_UP = new Error('given up')

type Piece = { readonly deliveries: readonly Delivery[]; readonly last: number; readonly bytes: number }

type Parts = {
  readonly window: KeptWindow
  /** Absent: nothing is kept, and all is as good as kept at once. */
  readonly keep?: Keep | undefined
  /** Called after each sync: more may be acked. */
  readonly kept: () => void
}

/**
 * Hands messages to the archive piece by piece, and syncs it beside: while one sync is under way the next pieces are packed and written, and reading
 * goes on.
 */
export class Keeper {
  readonly #parts: Parts
  readonly #changed = new Signal()
  #gathered: Delivery[] = []
  #gatheredBytes = 0
  #queue: Piece[] = []
  #queuedBytes = 0
  #working = false
  #syncing = false
  /** The last delivery tags that were handed over, queued, written, and on disk, and messages written since the last sync began. */
  #taken = 0
  #queued = 0
  #written = 0
  #synced = 0
  #unsynced = 0
  #hurry = false
  #failure: unknown
  #prefetch = PIECE

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** What the archive said no with; `recover` clears it. */
  get failure(): unknown {
    return this.#failure
  }

  /** Takes messages in order; `prefetch` is how many may be unacked. Resolves when there is room for more. Throws as `Keep` does. */
  async put(deliveries: Frames, prefetch: number): Promise<void> {
    this.#prefetch = prefetch
    for (const run of runsOf(deliveries)) this.#parts.window.take(run)
    for (const each of deliveries)
      if (each.archived !== undefined) this.#pass(each)
      else this.#gather(each.late === undefined ? each : await withBody(each))
    while (this.#queuedBytes > AHEAD_BYTES && this.#failure === undefined) await this.#changed.wait(1000)
    this.#assertWell()
  }

  /** It is on disk already; where others before it are not, it waits for them. */
  #pass({ tag }: Taken): void {
    const isFirst = this.#taken === this.#synced
    this.#taken = tag
    if (!isFirst) return
    this.#queued = this.#written = this.#synced = tag
    this.#parts.window.keep(tag)
  }

  #gather(delivery: Delivery): void {
    this.#taken = delivery.tag
    if (this.#parts.keep === undefined) {
      this.#synced = delivery.tag
      this.#parts.window.keep(delivery.tag)
      return
    }
    this.#gathered.push(delivery)
    this.#gatheredBytes += held(delivery)
    if (this.#gathered.length >= Math.min(PIECE, this.#share) || this.#gatheredBytes >= PIECE_BYTES) this.#enqueue()
  }

  /** A quarter of what may be unacked: the broker has the rest to go on with meanwhile. */
  get #share(): number {
    return Math.max(1, this.#prefetch / 4)
  }

  #enqueue(): void {
    if (this.#taken === this.#queued) return
    this.#queued = this.#taken
    this.#queue.push({ deliveries: this.#gathered, last: this.#taken, bytes: this.#gatheredBytes })
    this.#queuedBytes += this.#gatheredBytes
    this.#gathered = []
    this.#gatheredBytes = 0
    if (!this.#working) void this.#work()
  }

  async #work(): Promise<void> {
    this.#working = true
    try {
      for (let piece = this.#queue[0]; piece !== undefined && this.#failure === undefined; piece = this.#queue[0]) {
        if (piece.deliveries.length > 0) await this.#parts.keep?.append(piece.deliveries)
        this.#queue.shift()
        this.#queuedBytes -= piece.bytes
        this.#written = piece.last
        this.#unsynced += piece.deliveries.length
        this.#mayBeSync()
        this.#changed.wake()
      }
    } catch (error) {
      this.#fail(error)
    } finally {
      this.#working = false
    }
  }

  #mayBeSync(): void {
    const isWorth = this.#unsynced >= this.#share || (this.#hurry && this.#queue.length === 0)
    if (isWorth && this.#written > this.#synced && !this.#syncing && this.#failure === undefined) void this.#sync()
  }

  async #sync(): Promise<void> {
    const upTo = this.#written
    this.#syncing = true
    this.#unsynced = 0
    try {
      await this.#parts.keep?.sync()
      this.#synced = upTo
      this.#parts.window.keep(upTo)
      this.#parts.kept()
    } catch (error) {
      this.#fail(error)
    } finally {
      this.#syncing = false
    }
    this.#mayBeSync()
    this.#changed.wake()
  }

  /** Resolves when all that was put is on disk. Throws as `Keep` does, or what `hard` aborts with. */
  async flush(hard: AbortSignal): Promise<void> {
    if (this.#parts.keep === undefined) return
    this.#enqueue()
    this.#hurry = true
    this.#mayBeSync()
    while (this.#synced < this.#taken && this.#failure === undefined && !hard.aborted)
      await this.#changed.wait(1000, hard)
    this.#hurry = false
    if (hard.aborted) throw hard.reason
    this.#assertWell()
  }

  /** Puts nothing more into the archive, and waits for what is under way; `recover` begins anew. */
  async stop(): Promise<void> {
    if (this.#failure === undefined && this.#taken === this.#synced) return
    this.#failure ??= GIVEN_UP
    while (this.#working || this.#syncing) await this.#changed.wait(50)
  }

  /** After a fault: forgets what is not on disk. Its delivery tags are worth nothing any more. */
  async recover(): Promise<void> {
    await this.stop()
    this.#gathered = []
    this.#queue = []
    this.#gatheredBytes = 0
    this.#queuedBytes = 0
    this.#unsynced = 0
    this.#synced = 0
    this.#taken = 0
    this.#queued = 0
    this.#written = 0
    this.#failure = undefined
  }

  #fail(error: unknown): void {
    if (this.#failure === undefined || this.#failure === GIVEN_UP) this.#failure = error
    this.#changed.wake()
  }

  #assertWell(): void {
    if (this.#failure !== undefined) throw this.#failure
  }
}

/** Runs of messages that count alike with their ack. */
function runsOf(deliveries: Frames) {
  const runs: { first: number; last: number; bytes: number; counted: boolean }[] = []
  for (const each of deliveries) {
    const counted = each.archived === 'counted'
    const bytes = held(each) + (each.late === undefined ? 0 : each.size)
    const run = runs.at(-1)
    if (run === undefined || run.counted !== counted) runs.push({ first: each.tag, last: each.tag, bytes, counted })
    else Object.assign(run, { last: each.tag, bytes: run.bytes + bytes })
  }
  return runs
}

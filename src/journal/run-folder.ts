import { readFile, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { toJson } from '../core/canonical-json.js'
import type { RunEvent } from '../core/event.js'
import { failpoint } from '../core/failpoint.js'
import { reviveEvent } from '../core/revive.js'
import { Bug } from '../errors.js'
import { type AppendFile, openAppendFile } from './append-file.js'
import { syncFolder } from './durable.js'
import type { Holder, Standing } from './holder.js'
import { type Lock, lockHolder, releaseLock, takeLock } from './lock.js'
import { type ParkedRecord, parkedIdentity, parkedToJson, reviveParked } from './parked.js'
import { parseLine, readLines } from './read-lines.js'
import { setAside, withReserve } from './reserve.js'

export const PLAN_FILE = 'plan.json'
export const JOURNAL_FILE = 'journal.ndjson'
export const PARKED_FILE = 'parked.ndjson'

/** A run on disk. Anybody may read it; only who has claimed it may append. */
export class RunFolder {
  readonly id: string
  readonly path: string
  #lock: Lock | undefined
  #journal: AppendFile | undefined
  #parked: Promise<AppendFile> | undefined

  constructor(path: string, held?: { readonly lock: Lock; readonly journal: AppendFile }) {
    this.path = path
    this.id = basename(path)
    this.#lock = held?.lock
    this.#journal = held?.journal
  }

  /** The saved plan as JSON gives it; `verifyPlan` makes a plan of it. */
  async plan(): Promise<unknown> {
    return JSON.parse(await readFile(join(this.path, PLAN_FILE), 'utf8'))
  }

  /** The events so far, in the order of their appends. Throws RunError `journal-corrupt` at a damaged line. */
  async *events(): AsyncGenerator<RunEvent> {
    const path = join(this.path, JOURNAL_FILE)
    for await (const line of readLines(path)) yield parseLine(path, line, reviveEvent)
  }

  /** Who holds the run now. */
  holder(): Promise<{ holder: Holder; standing: Standing } | undefined> {
    return lockHolder(this.path)
  }

  /** This process holds the run. */
  get claimed(): boolean {
    return this.#lock !== undefined
  }

  /** True while a process holds the run: for one of another host nobody can tell, so it counts as alive. */
  async alive(): Promise<boolean> {
    const held = await this.holder()
    return held !== undefined && held.standing !== 'dead'
  }

  /**
   * Takes the lock and opens the journal behind its last whole line. Throws Refusal `taken`; `takeOver` is for a holder on another
   * host. Throws RunError `journal-corrupt` rather than append behind a damaged line.
   */
  async claim(options: { readonly takeOver?: boolean } = {}): Promise<void> {
    if (this.#lock !== undefined) return
    const lock = await takeLock(this.path, { run: this.id, ...options })
    try {
      this.#journal = await this.#openChecked(JOURNAL_FILE, reviveEvent)
      await setAside(this.path)
      this.#lock = lock
    } catch (error) {
      await releaseLock(this.path, lock)
      throw error
    }
  }

  /** Resolves when the event is on disk; for the ending some room is set aside. Throws RunError `journal-full` and others; see AppendFile. */
  async append(event: RunEvent): Promise<void> {
    const journal = this.#held(this.#journal)
    failpoint('before-journal')
    const write = () => journal.append(toJson(event))
    await (event.type === 'ended' ? withReserve(this.path, write) : write())
    failpoint('after-journal')
  }

  /** Resolves when the message is in the synced parking file; before that it must not be settled. */
  async park(record: ParkedRecord): Promise<void> {
    this.#held(this.#lock)
    this.#parked ??= this.#openChecked(PARKED_FILE, reviveParked)
    const parked = await this.#parked
    failpoint('before-park-sync')
    await parked.append(parkedToJson(record))
    failpoint('after-park-sync')
  }

  /** The parked messages, each once, although a resumed run may have written one again. */
  async *parked(): AsyncGenerator<ParkedRecord> {
    const path = join(this.path, PARKED_FILE)
    const seen = new Set<string>()
    for await (const line of readLines(path)) {
      const record = parseLine(path, line, reviveParked)
      const identity = parkedIdentity(record)
      if (!seen.has(identity)) yield record
      seen.add(identity)
    }
  }

  /** How many different messages are parked. */
  async parkedCount(): Promise<number> {
    let count = 0
    for await (const _record of this.parked()) count++
    return count
  }

  /** Takes the folder of a run that this process holds away, whole: one that was refused before it had done anything leaves none. */
  async discard(): Promise<void> {
    this.#held(this.#lock)
    await this.#journal?.close()
    this.#lock = undefined
    this.#journal = undefined
    const draft = join(dirname(this.path), `.${this.id}`)
    await rename(this.path, draft)
    await syncFolder(dirname(this.path))
    await rm(draft, { recursive: true, force: true })
  }

  /** Syncs what is queued and gives the lock back. The folder can be read afterwards. */
  async close(): Promise<void> {
    const lock = this.#lock
    this.#lock = undefined
    await this.#journal?.close()
    await (await this.#parked)?.close()
    this.#journal = undefined
    this.#parked = undefined
    if (lock !== undefined) await releaseLock(this.path, lock)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #openChecked(name: string, revive: (raw: unknown) => unknown): Promise<AppendFile> {
    const path = join(this.path, name)
    let end = 0
    for await (const line of readLines(path)) {
      parseLine(path, line, revive)
      end = line.end
    }
    return openAppendFile(path, end)
  }

  #held<T>(part: T | undefined): T {
    if (part === undefined || this.#lock === undefined) throw new Bug(`Run ${this.id} is written without its lock`)
    return part
  }
}

import { Bug, type SpillwayError } from '../../errors.js'
import type { Attempt, Handler, Outcome } from '../ports.js'
import { hardStop } from './hard-stop.js'
import { Restarts } from './restarts.js'

/** A process or thread that handles messages until it ends. */
export interface Member {
  /** How many more messages it takes now. */
  readonly room: number
  /** Messages that it has answered. */
  readonly answered: number
  send(attempt: Attempt): Promise<Outcome>
  /** Lets it finish, within its grace. */
  close(): Promise<void>
  kill(): void
}

/** How a member ended; everything that it had in hand has its outcome. `blamed` where it ended by itself. */
export type MemberEnd = { readonly words: string; readonly answered: number; readonly blamed: boolean }

export type MemberHooks = { readonly onRoom: () => void; readonly onEnd: (end: MemberEnd) => void }

export type PoolSpec = {
  readonly members: number
  readonly slots: number
  readonly restartsMs?: readonly number[] | undefined
  /** What one is called: `A worker`, `A thread`. */
  readonly name: string
  readonly tell: (kind: string, line: string) => void
  /** Starts one; may throw. */
  readonly begin: (hooks: MemberHooks) => Member
  /** What to say when they die again and again; `works` where some message was answered. */
  readonly broken: (words: string, works: boolean) => SpillwayError
}

type Seat = { member?: Member; readonly restarts: Restarts; pause?: NodeJS.Timeout }
type Waiting = {
  readonly attempt: Attempt
  readonly resolve: (outcome: Outcome | Promise<Outcome>) => void
  readonly reject: (error: Error) => void
}

const GIVEN_UP: Outcome = { kind: 'died', reason: 'given up' }

/** Members that share the messages out; one that dies is started again, until one dies five times in a row without an answer. */
export class Pool implements Handler {
  readonly slots: number
  readonly #spec: PoolSpec
  readonly #seats: Seat[]
  readonly #watch = hardStop(() => this.kill())
  /** Messages for which nobody has room now: a member is being started, or its input is full. */
  readonly #waiting: Waiting[] = []
  #works = false
  #lastWords = ''
  #closing = false
  #broken: SpillwayError | undefined

  constructor(spec: PoolSpec) {
    this.#spec = spec
    this.slots = spec.slots
    this.#seats = Array.from({ length: spec.members }, () => ({ restarts: new Restarts(spec.restartsMs) }))
  }

  /** Starts them all. */
  async start(): Promise<void> {
    for (const seat of this.#seats) this.#begin(seat)
  }

  /** The last words of a member that died, where not all are there; undefined while they are. */
  get missing(): string | undefined {
    return this.#seats.every(({ member }) => member !== undefined) ? undefined : this.#lastWords
  }

  handle(attempt: Attempt, hard: AbortSignal): Promise<Outcome> {
    this.#watch(hard)
    if (this.#broken !== undefined) return Promise.reject(this.#broken)
    if (this.#closing) return Promise.resolve(GIVEN_UP)
    const member = this.#roomiest()
    if (member !== undefined) return member.send(attempt)
    return new Promise((resolve, reject) => this.#waiting.push({ attempt, resolve, reject }))
  }

  kill(): void {
    this.#closing = true
    for (const { member, pause } of this.#seats) {
      clearTimeout(pause)
      member?.kill()
    }
    for (const { resolve } of this.#waiting.splice(0)) resolve(GIVEN_UP)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing = true
    for (const { pause } of this.#seats) clearTimeout(pause)
    await Promise.all(this.#seats.map(({ member }) => member?.close()))
  }

  #roomiest(): Member | undefined {
    let best: Member | undefined
    let most = 0
    for (const { member } of this.#seats) {
      const room = member?.room ?? 0
      if (room <= most) continue
      most = room
      best = member
    }
    return best
  }

  #serve(): void {
    while (this.#waiting.length > 0) {
      const member = this.#roomiest()
      const next = member === undefined ? undefined : this.#waiting.shift()
      if (member === undefined || next === undefined) return
      next.resolve(member.send(next.attempt))
    }
  }

  #begin(seat: Seat): void {
    const onEnd = (end: MemberEnd) => this.#ended(seat, end)
    try {
      seat.member = this.#spec.begin({ onRoom: () => this.#serve(), onEnd })
    } catch (error) {
      if (error instanceof Bug) throw error
      onEnd({ words: (error as Error).message, answered: 0, blamed: true })
    }
    this.#serve()
  }

  #ended(seat: Seat, { words, answered, blamed }: MemberEnd): void {
    delete seat.member
    this.#lastWords = words
    this.#works ||= answered > 0
    if (this.#closing) return
    const wait = blamed ? seat.restarts.next(answered > 0) : 0
    if (wait === undefined) this.#breakDown(words)
    else {
      if (blamed) this.#spec.tell('end', `${this.#spec.name} ended (${words}); it is started again.`)
      seat.pause = setTimeout(() => this.#begin(seat), wait)
    }
  }

  #breakDown(words: string): void {
    const works = this.#works || this.#seats.some(({ member }) => (member?.answered ?? 0) > 0)
    this.#broken ??= this.#spec.broken(words, works)
    for (const { reject } of this.#waiting.splice(0)) reject(this.#broken)
  }
}

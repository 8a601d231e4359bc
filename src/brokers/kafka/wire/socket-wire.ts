import type { Socket } from 'node:net'
import type Connection from 'kafkajs/src/network/connection.js'
import { BrokerError, type SpillwayError } from '../../../errors.js'
import type { Wire, WireRequest } from '../link.js'
import { Frames } from './frames.js'
import { requestHeader, skipTags } from './header.js'
import { networkError } from './network-errors.js'
import type { Reads, ReadsInPlace } from './reads-in-place.js'

const REQUEST_TIMEOUT = 30_000
const LONGEST_THROTTLE = 60_000

type Waiter = {
  readonly request: WireRequest
  readonly timer: NodeJS.Timeout
  readonly resolve: (body: Buffer) => void
  readonly reject: (error: Error) => void
}

/** `reads` is set where the socket can read into a given buffer (plain TCP). */
type WireOptions = { node: number; where: string; clientId: string; reads?: Reads | undefined }

/**
 * One authenticated connection. kafkajs dialled it; from then on the bytes are ours: own frames, own correlation map.
 * Requests leave in the order of the calls, as many in flight as asked, except while the broker throttles (KIP-219) or
 * the session is renewed (KIP-368), when they wait in line.
 */
export class SocketWire implements Wire {
  readonly node: number
  throttledMs = 0
  readonly #connection: Connection
  readonly #socket: Socket
  readonly #where: string
  readonly #clientId: Buffer
  readonly #pending = new Map<number, Waiter>()
  readonly #line: (() => void)[] = []
  readonly #frames = new Frames(frame => this.#answer(frame))
  #blocked = false
  #pausedUntil = 0
  #mayRenew = false
  #idle: (() => void) | undefined
  #kafkajsReads = false
  #failure: SpillwayError | undefined

  constructor(connection: Connection, socket: Socket, options: WireOptions) {
    this.node = options.node
    this.#connection = connection
    this.#socket = socket
    this.#where = options.where
    this.#clientId = Buffer.from(options.clientId)
    socket.removeAllListeners('data')
    if (options.reads) options.reads.to = this.#readsInPlace()
    else socket.on('data', (chunk: Buffer) => this.#read(chunk))
    socket.on('error', error => this.#fail(networkError(error, `The connection to ${this.#where}`)))
    socket.on('close', () => this.#fail(this.#gone('was closed')))
  }

  get connected(): boolean {
    return this.#failure === undefined && !this.#socket.destroyed
  }

  ask(request: WireRequest, body: readonly Buffer[], timeoutMs = REQUEST_TIMEOUT): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const send = () => this.#send({ request, body, timeoutMs, resolve, reject })
      if (!this.#blocked && this.#mayRenew && !this.#connection.isAuthenticated()) this.#renew()
      if (this.#blocked && this.#failure === undefined) this.#line.push(send)
      else send()
    })
  }

  /** Runs kafkajs' own authentication on this connection, its reader in place meanwhile. Throws what it throws. */
  async authenticate(): Promise<void> {
    this.#kafkajsReads = true
    try {
      await this.#connection.authenticate()
      this.#mayRenew = true
    } finally {
      this.#kafkajsReads = false
    }
  }

  /** Takes the buffer of a large response back; nothing may hold a view of it any more. */
  recycle(body: Buffer): void {
    this.#frames.recycle(body)
  }

  async close(): Promise<void> {
    this.#fail(this.#gone('was closed by us'))
  }

  #send(call: Omit<Waiter, 'timer'> & { body: readonly Buffer[]; timeoutMs: number }): void {
    if (this.#failure !== undefined) {
      call.reject(this.#failure)
      return
    }
    const id = this.#connection.nextCorrelationId()
    const late = () => this.#fail(this.#gone(`did not answer ${call.request.name} within ${call.timeoutMs} ms`))
    const timer = setTimeout(late, call.timeoutMs)
    this.#pending.set(id, { request: call.request, timer, resolve: call.resolve, reject: call.reject })
    this.#socket.cork()
    this.#socket.write(requestHeader(call.request, { id, clientId: this.#clientId, body: call.body }))
    for (const part of call.body) this.#socket.write(part)
    this.#socket.uncork()
  }

  #readsInPlace(): ReadsInPlace {
    return {
      room: () => this.#frames.room(),
      wrote: bytes => {
        if (this.#kafkajsReads) this.#read(Buffer.from(this.#frames.room().subarray(0, bytes)))
        else this.#guarded(() => this.#frames.wrote(bytes))
      },
      take: chunk => this.#read(chunk),
    }
  }

  #read(chunk: Buffer): void {
    this.#guarded(() => (this.#kafkajsReads ? this.#connection.processData(chunk) : this.#frames.push(chunk)))
  }

  #guarded(take: () => void): void {
    try {
      take()
    } catch (error) {
      this.#fail(error instanceof BrokerError ? error : this.#gone('sent what cannot be read', error))
    }
  }

  #answer(frame: Buffer): void {
    const id = frame.readInt32BE(0)
    const waiter = this.#pending.get(id)
    if (waiter === undefined) throw new RangeError(`an answer to request ${id}, which was not asked`)
    this.#pending.delete(id)
    clearTimeout(waiter.timer)
    const body = frame.subarray(waiter.request.flexible ? skipTags(frame, 4) : 4)
    this.#throttle(body, waiter.request.throttleAt)
    waiter.resolve(body)
    if (this.#pending.size === 0) this.#idle?.()
  }

  #throttle(body: Buffer, at: number | undefined): void {
    const from = at === undefined ? -1 : at < 0 ? body.length + at : at
    if (from < 0 || from + 4 > body.length) return
    const pause = Math.min(body.readInt32BE(from), LONGEST_THROTTLE)
    if (pause <= 0) return
    this.throttledMs += pause
    this.#pausedUntil = Math.max(this.#pausedUntil, Date.now() + pause)
    if (!this.#blocked) this.#pause()
  }

  #pause(): void {
    this.#blocked = true
    const left = this.#pausedUntil - Date.now()
    if (left <= 0) this.#release()
    else setTimeout(() => this.#pause(), left).unref()
  }

  /** KIP-368: authenticates anew on the same connection, between requests. */
  #renew(): void {
    this.#blocked = true
    const renew = async () => {
      this.#idle = undefined
      try {
        await this.authenticate()
        this.#pause()
      } catch (error) {
        this.#fail(this.#gone('did not renew the session', error))
      }
    }
    if (this.#pending.size === 0) void renew()
    else this.#idle = () => void renew()
  }

  #release(): void {
    this.#blocked = false
    for (let next = this.#line.shift(); next !== undefined; next = this.#line.shift()) next()
  }

  #gone(what: string, cause?: unknown): BrokerError {
    const options = { retry: true, code: 'connection-lost', hint: 'Brokers restart; this may pass by itself.' }
    return new BrokerError(
      `The connection to ${this.#where} ${what}`,
      cause === undefined ? options : { ...options, cause },
    )
  }

  #fail(error: SpillwayError): void {
    if (this.#failure !== undefined) return
    this.#failure = error
    this.#socket.destroy()
    this.#connection.requestQueue.destroy()
    for (const waiter of this.#pending.values()) {
      clearTimeout(waiter.timer)
      waiter.reject(error)
    }
    this.#pending.clear()
    this.#release()
  }
}

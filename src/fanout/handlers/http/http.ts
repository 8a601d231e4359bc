import { connect } from 'node:net'
import { buildConnector, Client } from 'undici'
import { UserError } from '../../../errors.js'
import type { Attempt, Handler, Outcome } from '../../ports.js'
import { hardStop } from '../hard-stop.js'
import type { HandlerOptions } from '../options.js'
import { asReason, milliseconds } from '../reason.js'
import { Sweep } from '../sweep.js'
import { Exchange } from './exchange.js'
import { requestHeaders } from './request-headers.js'

/** Longest that making a connection may take, in milliseconds. */
const CONNECT_MS = 10_000

/**
 * `--http URL`: a POST a message over connections that are kept. Each message in flight has a connection of its own: a pool of undici's asks which of its
 * connections is free at every request, which costs half as much again as the request itself.
 */
export class HttpHandler implements Handler {
  readonly slots: number
  readonly #url: URL
  readonly #path: string
  readonly #fixed: readonly string[]
  readonly #timeoutMs: number
  readonly #now: () => number
  readonly #options: Client.Options
  readonly #clients = new Set<Client>()
  readonly #free: Client[] = []
  /** In the order in which they began. */
  readonly #busy = new Set<Exchange>()
  readonly #sweep: Sweep
  readonly #watch = hardStop(() => this.#giveUp())

  /** Throws UserError where the URL is none. */
  constructor(url: string, { workers, concurrency, timeoutMs, credentials, now }: HandlerOptions) {
    this.#url = parsed(url)
    this.#path = this.#url.pathname + this.#url.search
    this.#fixed = [
      'Content-Type',
      'application/octet-stream',
      'User-Agent',
      'spillway',
      ...basic(this.#url, credentials),
    ]
    this.#timeoutMs = timeoutMs
    this.#now = now ?? Date.now
    this.slots = workers * concurrency
    this.#sweep = new Sweep(timeoutMs, () => this.#look())
    // The time limit of a try is our own, and covers all of it.
    this.#options = { connect: buildConnector({ timeout: CONNECT_MS }), headersTimeout: 0, bodyTimeout: 0 }
  }

  /** Connects once and sends nothing. Throws UserError where nobody is there. */
  async start(): Promise<void> {
    try {
      await reach(this.#url)
    } catch (error) {
      const { message, code } = error as NodeJS.ErrnoException
      throw new UserError(`Nobody answers at ${this.#url.host}: ${asReason(message || code || 'no connection')}`, {
        code: 'handler',
        hint: 'Nothing was sent. Look at the address of --http, and whether the service runs.',
        cause: error,
      })
    }
  }

  handle(attempt: Attempt, hard: AbortSignal): Promise<Outcome> {
    this.#watch(hard)
    const client = this.#free.pop() ?? this.#connection()
    const exchange = new Exchange({ client, since: this.#sweep.now, now: this.#now, onEnd: this.#ended })
    this.#busy.add(exchange)
    const headers = requestHeaders(this.#fixed, attempt)
    client.dispatch({ method: 'POST', path: this.#path, headers, body: attempt.message.value }, exchange)
    return exchange.outcome
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#sweep.end()
    await Promise.all([...this.#clients].map(client => client.destroy()))
  }

  #connection(): Client {
    const client = new Client(this.#url.origin, this.#options)
    this.#clients.add(client)
    return client
  }

  readonly #ended = (exchange: Exchange): void => {
    this.#busy.delete(exchange)
    this.#free.push(exchange.client)
  }

  #look(): void {
    const reason = `no answer within ${milliseconds(this.#timeoutMs)}`
    for (const exchange of this.#busy) {
      if (!this.#sweep.isOver(exchange.since)) return
      this.#abandon(exchange, reason)
    }
  }

  #giveUp(): void {
    for (const exchange of this.#busy) this.#abandon(exchange, 'given up')
  }

  /** Its connection is not used again. */
  #abandon(exchange: Exchange, reason: string): void {
    const { client } = exchange
    this.#busy.delete(exchange)
    this.#clients.delete(client)
    exchange.giveUp(reason)
    void client.destroy()
  }
}

function parsed(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url !== undefined && ['http:', 'https:'].includes(url.protocol)) return url
  // The text may hold a password, so it is not shown.
  throw new UserError('The value of --http is no http:// or https:// address', {
    code: 'handler',
    hint: 'Give it as `--http https://HOST:PORT/PATH`.',
  })
}

function basic(url: URL, credentials: HandlerOptions['credentials']): readonly string[] {
  const { username, password } =
    url.username === '' && url.password === ''
      ? (credentials ?? { username: '', password: '' })
      : { username: decodeURIComponent(url.username), password: decodeURIComponent(url.password) }
  if (username === '' && password === '') return []
  return ['Authorization', `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`]
}

function reach({ hostname, port, protocol }: URL): Promise<void> {
  return new Promise((resolve, reject) => {
    const host = hostname.replace(/^\[|\]$/g, '')
    const socket = connect({ host, port: Number(port) || (protocol === 'https:' ? 443 : 80), timeout: CONNECT_MS })
    socket.once('connect', () => resolve(void socket.destroy()))
    socket.once('timeout', () => socket.destroy(new Error(`no connection within ${CONNECT_MS / 1000} s`)))
    socket.once('error', reject)
  })
}

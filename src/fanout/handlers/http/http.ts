import { connect } from 'node:net'
import { Pool } from 'undici'
import { UserError } from '../../../errors.js'
import type { Attempt, Handler, Outcome } from '../../ports.js'
import { hardStop } from '../hard-stop.js'
import type { HandlerOptions } from '../options.js'
import { asReason } from '../reason.js'
import { Exchange } from './exchange.js'
import { requestHeaders } from './request-headers.js'

/** Longest that making a connection may take, in milliseconds. */
const CONNECT_MS = 10_000

/** `--http URL`: a POST a message over connections that are kept. */
export class HttpHandler implements Handler {
  readonly slots: number
  readonly #url: URL
  readonly #path: string
  readonly #fixed: readonly string[]
  readonly #pool: Pool
  readonly #timeoutMs: number
  readonly #now: () => number
  readonly #open = new Map<Exchange, (outcome: Outcome) => void>()
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
    this.#pool = new Pool(this.#url.origin, {
      connections: this.slots,
      pipelining: 1,
      connect: { timeout: CONNECT_MS },
      // The time limit of a try is our own, and covers all of it.
      headersTimeout: 0,
      bodyTimeout: 0,
    })
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
    const headers = [...this.#fixed, ...requestHeaders(attempt)]
    return new Promise(resolve => {
      const exchange = new Exchange({ timeoutMs: this.#timeoutMs, now: this.#now, onEnd: this.#end })
      this.#open.set(exchange, resolve)
      this.#pool.dispatch({ method: 'POST', path: this.#path, headers, body: attempt.message.value }, exchange)
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool.destroy()
  }

  readonly #end = (exchange: Exchange, outcome: Outcome): void => {
    this.#open.get(exchange)?.(outcome)
    this.#open.delete(exchange)
  }

  #giveUp(): void {
    for (const exchange of this.#open.keys()) exchange.giveUp('given up')
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

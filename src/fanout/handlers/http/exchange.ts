import type { Client, Dispatcher } from 'undici'
import type { Outcome } from '../../ports.js'
import { asReason } from '../reason.js'
import { httpOutcome } from './answer.js'

/** Of a body, so many bytes are kept; the rest is read and dropped. */
const KEPT_BYTES = 1_024
const EMPTY = Buffer.alloc(0)
/** No connection could be made: codes of connect(2) and getaddrinfo(3) as Node names them, and undici's time limit. */
const NOT_SENT = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'EADDRNOTAVAIL',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
])

type ExchangeSpec = {
  /** The connection that it goes over, alone. */
  readonly client: Client
  /** When it began, by the clock that its time limit is kept by. */
  readonly since: number
  /** Milliseconds since the epoch, for Retry-After dates. */
  readonly now: () => number
  readonly onEnd: (exchange: Exchange) => void
}

/** One request and its answer; bodies are read to their end so that the connection can be used again. */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly client: Client
  readonly since: number
  readonly outcome: Promise<Outcome>
  readonly #spec: ExchangeSpec
  #resolve: ((outcome: Outcome) => void) | undefined
  #status = 0
  #headers: Record<string, string | string[] | undefined> | undefined
  #body: Buffer = EMPTY

  constructor(spec: ExchangeSpec) {
    this.client = spec.client
    this.since = spec.since
    this.#spec = spec
    this.outcome = new Promise(resolve => {
      this.#resolve = resolve
    })
  }

  /** Fails now; whatever comes on its connection belongs to nobody. */
  giveUp(reason: string): void {
    this.#resolve?.({ kind: 'failed', reason, outage: true })
    this.#resolve = undefined
  }

  /** Tells undici that these are the callbacks of its present version. */
  onRequestStart(): void {}

  /** Called for each of the informational answers (1xx) too; the last one counts. */
  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    this.#status = status
    this.#headers = headers
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#status < 300 || this.#body.length >= KEPT_BYTES) return
    this.#body = Buffer.concat([this.#body, chunk.subarray(0, KEPT_BYTES)])
  }

  onResponseEnd(): void {
    const answer = {
      status: this.#status,
      retryAfter: first(this.#headers?.['retry-after']),
      location: first(this.#headers?.location),
      body: this.#body.length === 0 ? '' : this.#body.toString('utf8'),
    }
    this.#end(httpOutcome(answer, this.#spec.now))
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error & { code?: string }): void {
    const reason = asReason(error.message || error.code || error.name)
    // What was never sent is no try of the message; what was on its way may have been.
    this.#end(NOT_SENT.has(error.code ?? '') ? { kind: 'later', reason } : { kind: 'failed', reason, outage: true })
  }

  #end(outcome: Outcome): void {
    if (this.#resolve === undefined) return
    this.#spec.onEnd(this)
    this.#resolve(outcome)
    this.#resolve = undefined
  }
}

const first = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value)

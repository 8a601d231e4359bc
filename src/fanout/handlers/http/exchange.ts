import type { Dispatcher } from 'undici'
import type { Outcome } from '../../ports.js'
import { asReason, milliseconds } from '../reason.js'
import { httpOutcome } from './answer.js'

/** Of a body, so many bytes are kept; the rest is read and dropped. */
const KEPT_BYTES = 1_024
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
  readonly timeoutMs: number
  readonly now: () => number
  readonly onEnd: (exchange: Exchange, outcome: Outcome) => void
}

/** One request and its answer; bodies are read to their end so that the connection can be used again. */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly #spec: ExchangeSpec
  readonly #deadline: NodeJS.Timeout
  #controller: Dispatcher.DispatchController | undefined
  #status = 0
  #headers: Record<string, string | string[] | undefined> = {}
  #body: Buffer = Buffer.alloc(0)
  #ended = false

  constructor(spec: ExchangeSpec) {
    this.#spec = spec
    this.#deadline = setTimeout(() => this.giveUp(`no answer within ${milliseconds(spec.timeoutMs)}`), spec.timeoutMs)
  }

  /** Fails now, and takes the connection down: whatever comes on it belongs to nobody. */
  giveUp(reason: string): void {
    this.#end({ kind: 'failed', reason, outage: true })
    this.#controller?.abort(new Error(reason))
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#ended) controller.abort(new Error('given up'))
  }

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
      retryAfter: first(this.#headers['retry-after']),
      location: first(this.#headers.location),
      body: this.#body.toString('utf8'),
    }
    this.#end(httpOutcome(answer, this.#spec.now()))
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error & { code?: string }): void {
    const reason = asReason(error.message || error.code || error.name)
    // What was never sent is no try of the message; what was on its way may have been.
    this.#end(NOT_SENT.has(error.code ?? '') ? { kind: 'later', reason } : { kind: 'failed', reason, outage: true })
  }

  #end(outcome: Outcome): void {
    if (this.#ended) return
    this.#ended = true
    clearTimeout(this.#deadline)
    this.#spec.onEnd(this, outcome)
  }
}

const first = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value)

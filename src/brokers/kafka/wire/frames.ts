import { BrokerError } from '../../../errors.js'

/** No response of ours comes near; a larger size is another protocol's bytes. */
const LARGEST = 1 << 28
/** Content type of a TLS alert record (RFC 8446 §5.1). */
const TLS_ALERT = 0x15
const NOTHING = Buffer.alloc(0)

/** Responses of this size and more are worth their own reads and a buffer that is used again. */
const LARGE = 256 << 10
/** Spare buffers kept a connection: one response is worked on while the next one arrives. */
const SPARE = 2

/**
 * Cuts a byte stream into length-prefixed frames. The socket reads straight into `room()`: a small frame is a copy of what
 * came, a large one is gathered in place, each byte written once, into a buffer that `recycle` takes back.
 */
export class Frames {
  readonly #onFrame: (frame: Buffer) => void
  readonly #spare: Buffer[] = []
  readonly #scratch = Buffer.allocUnsafeSlow(64 << 10)
  #rest: Buffer = NOTHING
  #frame: Buffer = NOTHING
  #filled = 0

  constructor(onFrame: (frame: Buffer) => void) {
    this.#onFrame = onFrame
  }

  /** Where the next bytes of the stream may be written. */
  room(): Buffer {
    return this.#frame.length === 0 ? this.#scratch : this.#frame.subarray(this.#filled)
  }

  /** Says that `bytes` were written to `room()`. Throws as `push` does. */
  wrote(bytes: number): void {
    if (this.#frame.length === 0) this.push(Buffer.from(this.#scratch.subarray(0, bytes)))
    else this.#advance(bytes)
  }

  /** Takes the next bytes of the stream; throws BrokerError `not-kafka` on a size that no Kafka response has. */
  push(chunk: Buffer): void {
    const at = this.#fill(chunk)
    if (this.#rest.length > 0) {
      const joined = Buffer.concat([this.#rest, chunk.subarray(at)])
      this.#rest = NOTHING
      this.#cut(joined, 0)
      return
    }
    if (at < chunk.length) this.#cut(chunk, at)
  }

  /** Takes the buffer of a large frame back; nothing may hold a view of it any more. */
  recycle(view: Buffer): void {
    const { buffer } = view
    if (buffer.byteLength < LARGE || this.#spare.length >= SPARE || !(buffer instanceof ArrayBuffer)) return
    if (!this.#spare.some(spare => spare.buffer === buffer)) this.#spare.push(Buffer.from(buffer))
  }

  #fill(chunk: Buffer): number {
    if (this.#frame.length === 0) return 0
    const copied = chunk.copy(this.#frame, this.#filled, 0)
    this.#advance(copied)
    return copied
  }

  #advance(bytes: number): void {
    this.#filled += bytes
    if (this.#filled < this.#frame.length) return
    const whole = this.#frame
    this.#frame = NOTHING
    this.#onFrame(whole)
  }

  #cut(chunk: Buffer, from: number): void {
    let at = from
    while (chunk.length - at >= 4) {
      const size = sizeAt(chunk, at)
      at += 4
      if (chunk.length - at < size) {
        this.#frame = this.#bufferOf(size)
        this.#filled = chunk.copy(this.#frame, 0, at)
        return
      }
      this.#onFrame(chunk.subarray(at, at + size))
      at += size
    }
    this.#rest = at < chunk.length ? Buffer.from(chunk.subarray(at)) : NOTHING
  }

  #bufferOf(size: number): Buffer {
    if (size < LARGE) return Buffer.allocUnsafeSlow(size)
    const fits = this.#spare.findIndex(spare => spare.length >= size)
    const [spare] = fits < 0 ? [] : this.#spare.splice(fits, 1)
    return (spare ?? Buffer.allocUnsafeSlow(Math.ceil(size / LARGE) * LARGE)).subarray(0, size)
  }
}

function sizeAt(chunk: Buffer, at: number): number {
  const size = chunk.readInt32BE(at)
  if (size >= 4 && size <= LARGEST) return size
  const alert = size >>> 24 === TLS_ALERT
  throw new BrokerError(alert ? 'The server answered with a TLS alert' : `The server sent a frame of ${size} bytes`, {
    retry: false,
    code: alert ? 'tls-alert' : 'not-kafka',
    hint: 'Check that the port is a Kafka listener, and whether it speaks TLS.',
  })
}

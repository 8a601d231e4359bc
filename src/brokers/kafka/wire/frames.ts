import { BrokerError } from '../../../errors.js'

/** No response of ours comes near; a larger size is another protocol's bytes. */
const LARGEST = 1 << 28
/** Content type of a TLS alert record (RFC 8446 §5.1). */
const TLS_ALERT = 0x15
const NOTHING = Buffer.alloc(0)

/**
 * Cuts a byte stream into length-prefixed frames. A frame that spans chunks is gathered into one buffer of its exact
 * size, each byte copied once; a frame within a chunk is a view of it.
 */
export class Frames {
  readonly #onFrame: (frame: Buffer) => void
  #rest: Buffer = NOTHING
  #frame: Buffer = NOTHING
  #filled = 0

  constructor(onFrame: (frame: Buffer) => void) {
    this.#onFrame = onFrame
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

  #fill(chunk: Buffer): number {
    if (this.#frame.length === 0) return 0
    const copied = chunk.copy(this.#frame, this.#filled, 0)
    this.#filled += copied
    if (this.#filled === this.#frame.length) {
      const whole = this.#frame
      this.#frame = NOTHING
      this.#onFrame(whole)
    }
    return copied
  }

  #cut(chunk: Buffer, from: number): void {
    let at = from
    while (chunk.length - at >= 4) {
      const size = sizeAt(chunk, at)
      at += 4
      if (chunk.length - at < size) {
        this.#frame = Buffer.allocUnsafeSlow(size)
        this.#filled = chunk.copy(this.#frame, 0, at)
        return
      }
      this.#onFrame(chunk.subarray(at, at + size))
      at += size
    }
    this.#rest = at < chunk.length ? Buffer.from(chunk.subarray(at)) : NOTHING
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

import { bodySize, type Content } from './delivery.js'
import { FRAME, FRAME_HEAD, FRAME_OVERHEAD, frameEnd, methodOf } from './frames.js'
import { LateBody } from './late-body.js'

/** A message up to this size waits in the receive buffer until it is whole; a larger one is gathered frame by frame. Bytes. */
const WAITS_WHOLE = 256 << 10
/** A body beyond this is handed on while it comes. Bytes. */
export const STREAMED_FROM = 32 << 20

type Partial = { parts: Buffer[]; header: number; remaining: number; late?: LateBody }

/**
 * Reads the messages of one channel out of a stream of frames: those that one method announces (basic.deliver or basic.return).
 * A message that stands whole in the buffer, as nearly all do, costs no copy.
 */
export class ContentReader {
  channel = -1
  readonly #method: number
  readonly #emit: (content: Content) => void
  readonly #streamed: number
  #partial: Partial | undefined
  #hungry = false

  constructor(method: number, emit: (content: Content) => void, streamed: number = STREAMED_FROM) {
    this.#method = method
    this.#emit = emit
    this.#streamed = streamed
  }

  get hungry(): boolean {
    return this.#hungry
  }

  take(bytes: Buffer): number {
    this.#hungry = false
    for (let at = 0; ; ) {
      const next = this.#partial === undefined ? this.#message(bytes, at) : this.#more(this.#partial, bytes, at)
      if (next === at) return at
      at = next
    }
  }

  /** The connection is gone: what was half there never comes. */
  fail(reason: unknown): void {
    this.#partial?.late?.fail(reason)
    this.#partial = undefined
  }

  #message(bytes: Buffer, at: number): number {
    const header =
      this.#isOurs(bytes, at, FRAME.method) && methodOf(bytes, at) === this.#method ? frameEnd(bytes, at) : 0
    if (header === 0) return at
    const body = frameEnd(bytes, header)
    if (body === 0) return this.#wait(at)
    const size = this.#isOurs(bytes, header, FRAME.header) ? bodySize(bytes, header) : -1
    if (size < 0 || size > this.#streamed) return this.#begin(bytes, at, header)
    const end = this.#bodyEnd(bytes, body, size)
    if (end === 0) return size <= WAITS_WHOLE ? this.#wait(at) : this.#begin(bytes, at, header)
    if (end < 0) return this.#begin(bytes, at, header)
    this.#emit({ bytes, at, header, body, end })
    return end
  }

  #isOurs(bytes: Buffer, at: number, type: number): boolean {
    return bytes.length - at >= FRAME_HEAD + 4 && bytes[at] === type && bytes.readUInt16BE(at + 1) === this.channel
  }

  #wait(at: number): number {
    this.#hungry = true
    return at
  }

  /** Where a body of `size` ends; 0 while it is not all there, -1 where frames of others stand in between. */
  #bodyEnd(bytes: Buffer, body: number, size: number): number {
    let at = body
    for (let left = size; left > 0; ) {
      const end = frameEnd(bytes, at)
      if (end === 0) return 0
      if (!this.#isOurs(bytes, at, FRAME.body)) return -1
      left -= end - at - FRAME_OVERHEAD
      at = end
    }
    return at
  }

  #begin(bytes: Buffer, at: number, header: number): number {
    this.#partial = { parts: [bytes.subarray(at, header)], header: header - at, remaining: -1 }
    return header
  }

  #more(partial: Partial, bytes: Buffer, at: number): number {
    const end = frameEnd(bytes, at)
    if (end === 0) return at
    const frame = bytes.subarray(at, end)
    if (partial.remaining < 0 && this.#isOurs(bytes, at, FRAME.header)) this.#header(partial, frame)
    else if (partial.remaining > 0 && bytes[at] === FRAME.body && bytes.readUInt16BE(at + 1) === this.channel)
      this.#body(partial, frame)
    else return at
    if (partial.remaining === 0) this.#finish(partial)
    return end
  }

  #header(partial: Partial, frame: Buffer): void {
    partial.parts.push(frame)
    partial.remaining = bodySize(frame, 0)
    if (partial.remaining <= this.#streamed) return
    partial.late = new LateBody()
    this.#emit({ ...this.#whole(partial), late: partial.late })
  }

  #body(partial: Partial, frame: Buffer): void {
    partial.remaining -= frame.length - FRAME_OVERHEAD
    if (partial.late === undefined) partial.parts.push(frame)
    else partial.late.push(frame)
  }

  #finish(partial: Partial): void {
    this.#partial = undefined
    if (partial.late === undefined) this.#emit(this.#whole(partial))
    else partial.late.end()
  }

  #whole({ parts, header }: Partial): Content {
    const bytes = Buffer.concat(parts)
    return { bytes, at: 0, header, body: header + (parts[1]?.length ?? 0), end: bytes.length }
  }
}

import { MOST_BYTES, tooLarge } from './corrupt.js'

const USUAL = 1024 * 1024
const KEEP_AT_MOST = 32 * 1024 * 1024

let memory = Buffer.allocUnsafeSlow(USUAL)

/**
 * The one buffer that JavaScript decoders write into; what it holds is valid until the next call of `borrow`.
 * It grows and stays grown up to 32 MiB; a larger one is given back at the next call.
 */
export function borrow(bytes: number, codec: string): Buffer {
  if (memory.length > KEEP_AT_MOST) memory = Buffer.allocUnsafeSlow(USUAL)
  return bytes <= memory.length ? memory : grow(bytes, 0, codec)
}

/** Makes the shared buffer hold at least `bytes`, keeping its first `kept`. Throws RunError `corrupt` above the limit. */
export function grow(bytes: number, kept: number, codec: string): Buffer {
  if (bytes > MOST_BYTES) throw tooLarge(codec)
  const larger = Buffer.allocUnsafeSlow(Math.min(MOST_BYTES, Math.max(bytes, memory.length * 2)))
  memory.copy(larger, 0, 0, kept)
  memory = larger
  return larger
}

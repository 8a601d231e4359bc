import { isUtf8 } from 'node:buffer'
import type { RecordPlace } from '../records/scatter.js'

/** A record decoded for the parking file; never on the hot path. */
export type DecodedRecord = {
  readonly timestamp: bigint
  readonly key: Buffer | null
  readonly value: Buffer | null
  /** A name that is not UTF-8 stays bytes. */
  readonly headers: readonly (readonly [name: string | Buffer, value: Buffer | null])[]
}

/** Copies the record at `place` out of `data`. */
export function readRecord(data: Buffer, place: RecordPlace): DecodedRecord {
  let at = place.start
  const number = () => {
    let [value, scale, byte] = [0, 1, 0]
    do {
      byte = data[at++] as number
      value += (byte & 127) * scale
      scale *= 128
    } while (byte >= 128)
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2
  }
  const bytes = () => {
    const length = number()
    if (length < 0) return null
    at += length
    return Buffer.from(data.subarray(at - length, at))
  }
  const key = bytes()
  const value = bytes()
  const name = () => {
    const found = bytes() ?? Buffer.alloc(0)
    return isUtf8(found) ? found.toString() : found
  }
  const headers = Array.from({ length: number() }, () => [name(), bytes()] as const)
  return { timestamp: place.origin + BigInt(place.timestamp), key, value, headers }
}

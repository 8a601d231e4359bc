import { isLogAppendTime } from './batch-header.js'

/**
 * Times that numbers cannot add up exactly: a producer that writes nanoseconds where milliseconds belong is accepted by
 * brokers (`message.timestamp.after.max.ms` was unlimited until Kafka 4.0), and its bytes are to be kept.
 */
const FAR = 2 ** 51
/** Times that agree above these bits share a batch: 13 days of nanoseconds. */
const LOW_BITS = 50n

/** Whether a time in ms, maybe rounded, is too far from 1970 for the quick way. */
export const isFar = (time: number): boolean => time >= FAR || time <= -FAR

/** The exact time of a record: that of the batch at `at` plus the record's `delta`; wraps at 64 bits, as in Java. */
export function exactTime(set: Buffer, at: number, delta: bigint): bigint {
  return BigInt.asIntN(64, set.readBigInt64BE(at + (isLogAppendTime(set, at) ? 35 : 27)) + delta)
}

/** Sets `origin` + `timestamp` to exactly `time`. */
export function splitTime(place: { origin: bigint; timestamp: number }, time: bigint): void {
  place.origin = isFar(Number(time)) ? (time >> LOW_BITS) << LOW_BITS : 0n
  place.timestamp = Number(time - place.origin)
}

/** A zigzag varint of up to ten bytes, exact. */
export function varlong(data: Buffer, at: number): bigint {
  let value = 0n
  for (let [o, shift] = [at, 0n]; ; o++, shift += 7n) {
    const byte = data[o] as number
    value |= BigInt(byte & 127) << shift
    if (byte < 128) return BigInt.asIntN(64, (value >> 1n) ^ -(value & 1n))
  }
}

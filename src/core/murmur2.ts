/**
 * Kafka's key hash, as the Java client and librdkafka's `murmur2_random` place keys: 32-bit murmur2 with the sign bit
 * cleared. Source: org.apache.kafka.common.utils.Utils.murmur2 and toPositive.
 */
export function murmur2(data: Uint8Array, start: number, length: number): number {
  const m = 0x5bd1e995
  let h = 0x9747b28c ^ length
  const whole = start + (length & ~3)
  let i = start
  for (; i < whole; i += 4) {
    let k = at(data, i) | (at(data, i + 1) << 8) | (at(data, i + 2) << 16) | (at(data, i + 3) << 24)
    k = Math.imul(k, m)
    k ^= k >>> 24
    h = Math.imul(h, m) ^ Math.imul(k, m)
  }
  const rest = length & 3
  if (rest === 3) h ^= at(data, i + 2) << 16
  if (rest >= 2) h ^= at(data, i + 1) << 8
  if (rest >= 1) h = Math.imul(h ^ at(data, i), m)
  h ^= h >>> 13
  h = Math.imul(h, m)
  return (h ^ (h >>> 15)) & 0x7fffffff
}

const at = (data: Uint8Array, i: number): number => data[i] as number

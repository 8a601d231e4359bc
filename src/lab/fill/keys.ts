import { murmur2 } from '../../core/murmur2.js'

const PREFIX = 'customer-'
const DIGITS = 8
export const KEY_BYTES = PREFIX.length + DIGITS

/** All keys rendered side by side, KEY_BYTES each, and where Java's default partitioner puts them. */
export type Keys = { readonly bytes: Buffer; readonly partition: Uint16Array }

/** Renders `count` keys: customer-00000000, customer-00000001… */
export function keysFor(count: number, partitions: number): Keys {
  const bytes = Buffer.allocUnsafeSlow(count * KEY_BYTES)
  const partition = new Uint16Array(count)
  for (let i = 0; i < count; i++) {
    const at = i * KEY_BYTES
    bytes.write(PREFIX + String(i).padStart(DIGITS, '0'), at, 'latin1')
    partition[i] = murmur2(bytes, at, KEY_BYTES) % partitions
  }
  return { bytes, partition }
}

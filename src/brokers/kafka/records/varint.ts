/** Zigzag variable-length integers as records use them (protobuf encoding), on plain numbers below 2^53. */

/** Zigzag form of a signed number: 0, -1, 1, -2 become 0, 1, 2, 3. */
export const zigzag = (value: number): number => (value >= 0 ? value * 2 : -value * 2 - 1)

/** Bytes that a zigzagged number takes. */
export function varintBytes(z: number): number {
  if (z < 128) return 1
  if (z < 16384) return 2
  if (z < 2097152) return 3
  if (z < 268435456) return 4
  let bytes = 4
  for (let rest = Math.floor(z / 268435456); rest > 0; rest = Math.floor(rest / 128)) bytes++
  return bytes
}

/** Writes a zigzagged number at `at`; returns the position after it. */
export function putVarint(target: Uint8Array, at: number, z: number): number {
  let o = at
  let rest = z
  while (rest >= 2147483648) {
    target[o++] = (rest % 128) | 128
    rest = Math.floor(rest / 128)
  }
  while (rest >= 128) {
    target[o++] = (rest & 127) | 128
    rest >>>= 7
  }
  target[o++] = rest
  return o
}

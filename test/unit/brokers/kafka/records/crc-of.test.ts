import { crc32c } from '@node-rs/crc32'
import { expect, it } from 'vitest'
import { crcOf } from '../../../../../src/brokers/kafka/records/crc-of.js'

const DATA = Buffer.from(Array.from({ length: 2000 }, (_, i) => (i * 167 + (i >> 3)) & 255))

it('is the check value of the polynomial', () => {
  expect(crcOf(Buffer.from('123456789'), 0, 9)).toBe(0xe3069283)
})

it('is that of native code, at every length and place', () => {
  for (let start = 0; start < 9; start++)
    for (const length of [...Array(70).keys(), 511, 512, 513, 1900])
      expect(crcOf(DATA, start, start + length)).toBe(crc32c(DATA.subarray(start, start + length)))
})

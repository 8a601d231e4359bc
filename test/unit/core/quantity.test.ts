import { expect, it } from 'vitest'
import { formatBytes, formatCount, formatDuration, formatRate } from '../../../src/core/quantity.js'

it('groups digits, of numbers beyond 2^53 too', () => {
  expect([0, 999, 1000, 1234567].map(formatCount)).toEqual(['0', '999', '1,000', '1,234,567'])
  expect(formatCount(9007199254740993n)).toBe('9,007,199,254,740,993')
})

it('shows small rates with a decimal, large ones whole', () => {
  expect([0, 0.25, 12.5, 99.96, 3000].map(formatRate)).toEqual(['0/s', '0.25/s', '12.5/s', '100/s', '3,000/s'])
})

it('names the two largest units of a time', () => {
  const times = [0, 0.42, 12, 119, 357, 10_000, 86_399, 90_000, 100 * 86_400]
  expect(times.map(formatDuration)).toEqual([
    '0 s',
    '0.42 s',
    '12 s',
    '119 s',
    '5 min 57 s',
    '2 h 47 min',
    '24 h',
    '1 d 1 h',
    '100 d',
  ])
})

it('shows bytes in binary units', () => {
  expect([0, 512, 1536, 40_000_000_000].map(formatBytes)).toEqual(['0 B', '512 B', '1.5 KiB', '37.3 GiB'])
})

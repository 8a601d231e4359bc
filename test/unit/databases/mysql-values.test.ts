import { expect, it } from 'vitest'
import { kindOf, literal, mysqlValue } from '../../../src/databases/mysql-values.js'

const none = new Set<string>()
const quote = (text: string) => `'${text}'`

it('tells bytes from text by the character set, and JSON by name', () => {
  expect(kindOf({ name: 'a', columnType: 253, characterSet: 63 }, none)).toBe('bytes')
  expect(kindOf({ name: 'a', columnType: 253, characterSet: 45 }, none)).toBe('text')
  expect(kindOf({ name: 'doc', columnType: 252, characterSet: 45 }, new Set(['doc']))).toBe('json')
})

it('keeps days that no calendar has, and bits as a number', () => {
  const wall = { name: 'a', columnType: 12 }
  expect(mysqlValue('wall', wall, Buffer.from('0000-00-00 00:00:00'))).toBe('0000-00-00 00:00:00')
  expect(mysqlValue('wall', wall, Buffer.from('2026-01-31 08:00:00'))).toBe('2026-01-31T08:00:00')
  expect(mysqlValue('integer', { name: 'a', columnType: 16 }, Buffer.from([1, 1]))).toBe('257')
})

it('writes numbers as they are, and lets no text pass for one', () => {
  expect(literal('integer', '18446744073709551615', quote)).toBe('18446744073709551615')
  expect(literal('bytes', '00ff', quote)).toBe('0x00ff')
  expect(literal('text', 'a', quote)).toBe("'a'")
  expect(() => literal('integer', '1 OR 1=1', quote)).toThrow('no integer')
})

import { expect, it } from 'vitest'
import { membersOf } from '../../../src/databases/json-members.js'

it('passes texts of 20 MB', () => {
  const large = `"${'x'.repeat(20 << 20)}"`
  const members = membersOf(`{"a": ${large}, "b": [${large}], "c": "\\\\\\"", "d": 1}`)
  expect(members.map(({ name }) => name)).toEqual(['a', 'b', 'c', 'd'])
  expect(members[0]?.raw.length).toBe(large.length)
  expect(members[2]?.raw).toBe('"\\\\\\""')
  expect(() => membersOf('{"a": "x')).toThrow(SyntaxError)
})

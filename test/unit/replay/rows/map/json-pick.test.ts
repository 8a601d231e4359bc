import { expect, it } from 'vitest'
import { pickJson } from '../../../../../src/replay/rows/map/json-pick.js'

it.each([
  ['{"a": 1.10}', ['a'], '1.10'],
  [' {"a" : {"b": [ 1 , {"c": "]}" } ] } } ', ['a', 'b', '1', 'c'], '"]}"'],
  ['{"a\\"b": "\\\\", "c": 2}', ['c'], '2'],
  ['{"a\\u0041": 3}', ['aA'], '3'],
  ['{"a":1,"a":2}', ['a'], '2'],
  ['[]', ['0'], undefined],
  ['{}', ['a'], undefined],
  ['5', ['a'], undefined],
  ['[[1,2],[3,4]]', ['1', '0'], '3'],
  ['{"":{"":true}}', ['', ''], 'true'],
])('finds in %s at %j what stands there', (text, path, found) => {
  expect(pickJson(text, path)).toBe(found)
})

it('passes strings of megabytes', () => {
  const text = JSON.stringify({ long: '\\"'.repeat(2_000_000), b: 1 })
  expect(pickJson(text, ['b'])).toBe('1')
})

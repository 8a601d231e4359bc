import { describe, expect, it } from 'vitest'
import { rowJson } from '../../../../src/replay/rows/json.js'
import { rowJsonBytes } from '../../../../src/replay/rows/json-bytes.js'
import type { Column, ColumnKind, RowValue } from '../../../../src/replay/rows/ports.js'

const GIVEN: readonly (readonly [ColumnKind, RowValue])[] = [
  ['text', 'plain'],
  ['text', ''],
  ['text', null],
  ['text', 'a "b" \\ c'],
  ['text', 'two\nlines\u0000\u007f'],
  ['text', 'Größe 汉字 😀'],
  ['text', '\ud800 alone'],
  ['text', 'x'.repeat(255)],
  ['text', 'ü'.repeat(300)],
  ['text', 'long '.repeat(20_000)],
  ['integer', '9007199254740993'],
  ['integer', '007'],
  ['float', 'NaN'],
  ['decimal', '1.10'],
  ['boolean', 'true'],
  ['json', '{"a": [1.0, "ü"]}'],
  ['instant', '2026-01-31T08:00:00Z'],
  ['bytes', Buffer.of(0, 255)],
]

describe('a row as bytes of JSON', () => {
  it.each(GIVEN)('is the same as its text, of %s %j', (kind, value) => {
    const columns: Column[] = [
      { name: 'né "x"', kind },
      { name: 'b', kind: 'text' },
    ]
    for (const values of [
      [value, 'end'],
      ['end', value],
    ])
      expect(rowJsonBytes(columns, values).toString()).toBe(Buffer.from(rowJson(columns, values)).toString())
  })

  it('is the same of many columns, of one and of none', () => {
    const columns = GIVEN.map(([kind], at): Column => ({ name: `c${at}`, kind }))
    const values = GIVEN.map(([, value]) => value)
    for (const count of [0, 1, 9, columns.length]) {
      const some = [columns.slice(0, count), values.slice(0, count)] as const
      expect(rowJsonBytes(...some)).toEqual(Buffer.from(rowJson(...some)))
    }
  })
})

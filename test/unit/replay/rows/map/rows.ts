import type { RowMapping } from '../../../../../src/core/row-mapping.js'
import type { RowsAsked } from '../../../../../src/core/rows-asked.js'
import { compileMapping } from '../../../../../src/replay/rows/map/compile.js'
import { toMessageBy } from '../../../../../src/replay/rows/map/to-message.js'
import type { Column, Row, RowValue } from '../../../../../src/replay/rows/ports.js'

export const ASKED: RowsAsked = { of: { table: 'orders' }, key: 'id', time: 'at', from: '', to: '' }

export const COLUMNS: readonly Column[] = [
  { name: 'id', kind: 'integer' },
  { name: 'at', kind: 'instant' },
  { name: 'amount', kind: 'decimal' },
  { name: 'doc', kind: 'json' },
  { name: 'note', kind: 'text' },
  { name: 'raw', kind: 'bytes' },
  { name: 'paid', kind: 'boolean' },
  { name: 'a/b', kind: 'text' },
]

const VALUES: Readonly<Record<string, RowValue>> = {
  id: '9007199254740993',
  at: '2026-01-31T08:00:00.123456Z',
  amount: '1.10',
  doc: '{"customer": {"name": "Ada", "no": 12345678901234567890}, "items": [{"n": 1.50}, null]}',
  note: 'é "x"',
  raw: Buffer.from([0, 255]),
  paid: 'true',
  'a/b': 'slash',
}

export const aRow = (values: Readonly<Record<string, RowValue>> = {}): Row => ({
  place: { time: '2026-01-31 08:00:00.123456+00', key: '9007199254740993' },
  at: 1_769_846_400_123,
  values: COLUMNS.map(({ name }) => (name in values ? (values[name] ?? null) : (VALUES[name] ?? null))),
})

/** What a mapping makes of a row. */
export const mapped = (mapping: RowMapping, values?: Readonly<Record<string, RowValue>>, zone = 'UTC') =>
  toMessageBy(ASKED, columns => compileMapping(mapping, ASKED, { columns, zone }))(COLUMNS, aRow(values))

import { describe, expect, it } from 'vitest'
import { type MapFunction, moduleMapper } from '../../../../../src/replay/rows/map/module.js'
import { toMessageBy } from '../../../../../src/replay/rows/map/to-message.js'
import { rowMessage } from '../../../../../src/replay/rows/message.js'
import { ASKED, aRow, COLUMNS } from './rows.js'

const by = (map: MapFunction, values = {}) =>
  toMessageBy(ASKED, columns => moduleMapper(map, ASKED, columns))(COLUMNS, aRow(values))

describe('a module', () => {
  it('gets every value exactly', () => {
    let seen = {}
    by(row => {
      seen = { ...row }
      return {}
    })
    expect(seen).toMatchObject({ id: 9007199254740993n, amount: '1.10', paid: true, raw: Buffer.from([0, 255]) })
    const { message } = by(row => ({ value: [row.doc] }), { doc: '12345678901234567890' })
    expect(String(message.value)).toBe('[12345678901234567890]')
    expect(seen).toMatchObject({
      at: '2026-01-31T08:00:00.123456Z',
      doc: expect.stringContaining('12345678901234567890'),
    })
  })
  it('gives back a message; what it leaves away is as without it', () => {
    expect(by(() => ({})).message).toEqual(rowMessage(ASKED, COLUMNS, aRow()))
    const { message } = by((row, { json, table, id }) => ({
      key: row.id,
      value: { id: row.id, doc: json(String(row.doc)), table, at: new Date(0), none: undefined },
      headers: { a: 'x', b: null, n: 5 },
      timestamp: new Date(7),
      id: `e-${id.length}`,
      contentType: 'application/json',
      routingKey: 'r',
    }))
    expect(String(message.value)).toBe(
      `{"id":9007199254740993,"doc":${String(aRow().values[3])},"table":"orders","at":"1970-01-01T00:00:00.000Z"}`,
    )
    expect(message).toMatchObject({ id: 'e-36', timestamp: 7, contentType: 'application/json' })
    expect(message.headers.map(([name, value]) => [name, String(value)])).toEqual([
      ['a', 'x'],
      ['n', '5'],
      ['x-event-id', 'e-36'],
    ])
    expect(String(message.key)).toBe('9007199254740993')
  })
  it.each([
    ['throws', () => JSON.parse('{'), 'SyntaxError: '],
    [
      'asks for a column that is not there',
      (row: Record<string, unknown>) => ({ key: row.idd }),
      'no column idd. Did you mean id?',
    ],
    ['asks for what is like no column', (row: Record<string, unknown>) => ({ key: row.zzz }), 'no column zzz'],
    ['gives back nothing', () => undefined, 'map gave back nothing, no message'],
    ['gives back what is no part of a message', () => ({ header: {} }), 'map gave back header. Did you mean headers?'],
    ['gives back a key that is undefined', () => ({ key: undefined }), 'key is undefined: give text or bytes'],
    ['gives back NaN in JSON', () => ({ value: { a: [Number.NaN] } }), 'value/a/0 is NaN, which JSON has not'],
    ['gives back no time', () => ({ timestamp: new Date('x') }), 'timestamp is Invalid Date'],
    ['gives back an empty id', () => ({ id: '' }), 'id is empty'],
  ] as const)('parks a row where it %s', (_what, map, why) => {
    const { message, unable } = by(map as MapFunction)
    expect(unable).toContain(why)
    expect(message).toEqual(rowMessage(ASKED, COLUMNS, aRow()))
  })
  it('keeps of what it throws one line that can be read', () => {
    const { unable } = by(() => {
      throw new Error(`a\nb\u0000c ${'x'.repeat(5000)}`)
    })
    expect(unable).toMatch(/^Error: a b c x+…$/)
    expect(unable).toHaveLength(500)
  })
  it('stops the run where it gives back promises', () => {
    expect(() => by(async () => ({}))).toThrow('promise')
  })
  it('may send no key and no value', () => {
    expect(by(() => ({ key: null, value: null })).message).toMatchObject({ key: null, value: null })
  })
})

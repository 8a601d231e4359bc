import { expect, it } from 'vitest'
import type { RowsAsked } from '../../../../src/core/rows-asked.js'
import { eventId } from '../../../../src/replay/rows/event-id.js'
import { rowJson } from '../../../../src/replay/rows/json.js'
import { markBehind, placeOf, START } from '../../../../src/replay/rows/mark.js'
import { rowMessage } from '../../../../src/replay/rows/message.js'
import { PagePace } from '../../../../src/replay/rows/pace.js'

const ASKED: RowsAsked = { of: { table: 'orders' }, key: 'id', time: 'at', from: '', to: '' }

it('keeps every digit, and the order of the columns', () => {
  const columns = [
    { name: 'z', kind: 'integer' },
    { name: 'a', kind: 'decimal' },
    { name: 'f', kind: 'float' },
    { name: 'n', kind: 'float' },
    { name: 'j', kind: 'json' },
    { name: 'b', kind: 'bytes' },
    { name: '0', kind: 'text' },
    { name: 't', kind: 'boolean' },
  ] as const
  const values = ['9007199254740993', '1.10', '1e+20', 'NaN', '{"a": 1.50}', Buffer.from([0, 255]), null, 'true']
  expect(rowJson(columns, values)).toBe(
    '{"z":9007199254740993,"a":"1.10","f":1e+20,"n":"NaN","j":{"a": 1.50},"b":"AP8=","0":null,"t":true}',
  )
})

it('gives the same row in the same version the same id, and any other another', () => {
  const id = eventId({ table: 'orders', key: '1', version: 'v' })
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(eventId({ table: 'orders', key: '1', version: 'v' })).toBe(id)
  expect(eventId({ table: 'orders', key: '1', version: 'w' })).not.toBe(id)
  expect(eventId({ table: 'orders1', key: '', version: 'v' })).not.toBe(id)
})

it('makes a message whose mark leads back to its row', () => {
  const place = { time: '2026-01-31 08:00:00+00', key: 'a","b\\' }
  const message = rowMessage(ASKED, [{ name: 'id', kind: 'text' }], { place, at: 7, values: [place.key] })
  expect(message).toMatchObject({ timestamp: 7, lane: 'rows', target: 'orders', mark: markBehind(place) })
  expect(String(message.key)).toBe(place.key)
  expect(message.headers).toEqual([['x-event-id', Buffer.from(message.id)]])
  expect(placeOf(message.mark)).toEqual(place)
  expect(placeOf(START)).toBeUndefined()
  expect(() => placeOf('17')).toThrow('no position')
})

it('reads more while pages are quick, and less when they are slow, large or given up', () => {
  const pace = new PagePace()
  expect(pace.size).toBe(1)
  for (let page = 0; page < 4; page++) pace.took({ rows: pace.size, bytes: pace.size * 100, milliseconds: 2 })
  const first = pace.size
  pace.took({ rows: first, bytes: first * 100, milliseconds: 2 })
  expect(pace.size).toBe(first * 2)
  pace.took({ rows: first, bytes: first * 100, milliseconds: 4000 })
  expect(pace.size).toBe(first)
  pace.shrink()
  expect(pace.size).toBe(first / 4)
  pace.took({ rows: 1, bytes: 20 << 20, milliseconds: 2 })
  expect(pace.size).toBe(1)
})

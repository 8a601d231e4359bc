import { describe, expect, it } from 'vitest'
import type { MappedJson } from '../../../../../src/core/row-mapping.js'
import { rowMessage } from '../../../../../src/replay/rows/message.js'
import { ASKED, aRow, COLUMNS, mapped } from './rows.js'

const body = (json: MappedJson, values = {}, zone?: string) => {
  const { message, unable } = mapped({ body: { json } }, values, zone)
  return unable ?? String(message.value)
}

describe('an empty mapping', () => {
  it('makes what a row is without one', () => {
    expect(mapped({}).message).toEqual(rowMessage(ASKED, COLUMNS, aRow()))
  })
})

describe('a body of JSON', () => {
  it('keeps type and digits of a column that stands alone', () => {
    expect(body({ id: '${id}', amount: '${amount}', doc: '${doc}', paid: '${paid}', raw: '${raw}', fixed: 7 })).toBe(
      `{"id":9007199254740993,"amount":"1.10","doc":${String(aRow().values[3])},"paid":true,"raw":"AP8=","fixed":7}`,
    )
  })
  it('goes into JSON by a path, and takes the column of the very name first', () => {
    expect(body(['${doc/customer/no}', '${doc/items/0}', '${doc/items/1}', '${a/b}'])).toBe(
      '[12345678901234567890,{"n": 1.50},null,"slash"]',
    )
  })
  it('writes text around columns as text, and NULL in it as null', () => {
    expect(body('order ${id} of ${doc/customer/name}, $${id}')).toBe('"order 9007199254740993 of Ada, ${id}"')
    expect(body({ a: 'order ${note}', b: '${note}', c: [null, true] }, { note: null })).toBe(
      '{"a":null,"b":null,"c":[null,true]}',
    )
    expect(body({ a: '${note}', b: 'x${note}' }, { note: '' })).toBe('{"a":"","b":"x"}')
  })
  it('makes columns into other forms where asked', () => {
    expect(
      body(['${amount as number}', '${id as text}', '${raw as hex}', '${at as seconds}', '${at as milliseconds}']),
    ).toBe('[1.10,"9007199254740993","00ff",1769846400,1769846400123]')
    expect(body(['${note as json}', '${note/a}'], { note: '{"a":1.0}' })).toBe('[{"a":1.0},1.0]')
  })
  it('reads times without a zone in the one that is given', () => {
    expect(body('${note as seconds}', { note: '2026-01-31 08:00' }, 'Europe/Berlin')).toBe('1769842800')
    expect(body('${note as seconds}', { note: '2026-01-31T08:00:00+00' }, 'Europe/Berlin')).toBe('1769846400')
  })
  it('takes in the whole row', () => {
    expect(body({ data: '${*}' })).toContain('{"data":{"id":9007199254740993,"at":"2026-01-31T08')
  })
  it.each([
    ['${doc/customer/age}', {}, 'there is no /customer/age in it'],
    ['${note/a}', {}, 'is no JSON'],
    ['${note as number}', { note: 'NaN' }, '"NaN" is no number'],
    ['${note as milliseconds}', { note: '0000-00-00' }, 'no day'],
    ['${raw as text}', {}, 'not UTF-8'],
    ['x${raw}', {}, 'not UTF-8'],
  ])('says why %s is nothing', (text, values, why) => {
    expect(body(text, values)).toContain(why)
  })
  it('takes what is missing for NULL where a ? allows it', () => {
    expect(body(['${doc/customer/age?}', '${doc/a/b?}', '${doc/items/7?}'])).toBe('[null,null,null]')
    expect(body('${doc/a}', { doc: null })).toBe('null')
  })
})

describe('other bodies', () => {
  it('are the bytes of a column, a text, or null', () => {
    expect(mapped({ body: { column: 'raw' } }).message.value).toEqual(Buffer.from([0, 255]))
    expect(mapped({ body: { column: 'note' } }, { note: '' }).message.value).toEqual(Buffer.alloc(0))
    expect(mapped({ body: { column: 'note' } }, { note: null }).message.value).toBeNull()
    expect(mapped({ body: { text: '<o>${id}</o>' } }).message.value?.toString()).toBe('<o>9007199254740993</o>')
  })
})

describe('key, headers and time', () => {
  it('are of columns; a header that is NULL is left away', () => {
    const { message } = mapped(
      { key: '${doc/customer/name}', headers: { a: 'fixed', b: '${note}', c: '${raw}', d: '' }, timestamp: '${at}' },
      { note: null },
    )
    expect(String(message.key)).toBe('Ada')
    expect(message.headers.slice(0, -1)).toEqual([
      ['a', Buffer.from('fixed')],
      ['c', Buffer.from([0, 255])],
      ['d', Buffer.alloc(0)],
    ])
    expect(message.timestamp).toBe(1_769_846_400_123)
    const size = message.headers.reduce((sum, [name, value]) => sum + name.length + (value?.length ?? 0), 3)
    expect(message.size).toBe(size + (message.value?.length ?? 0))
  })
  it('parks a row with a NULL key, as it is without a mapping', () => {
    const { message, unable } = mapped({ key: '${note}', body: { text: 'x' } }, { note: null })
    expect(unable).toBe('key is NULL')
    expect(message).toEqual(rowMessage(ASKED, COLUMNS, aRow({ note: null })))
  })
  it('has no key where none is wanted', () => {
    expect(mapped({ key: null }).message.key).toBeNull()
  })
  it('parks a time that is none', () => {
    expect(mapped({ timestamp: '${note}' }).unable).toContain('no time')
    expect(mapped({ timestamp: '${note}' }, { note: null }).unable).toBe('timestamp is NULL')
    expect(mapped({ timestamp: '${note}' }, { note: '1969-01-01' }).unable).toContain('before 1970')
  })
  it('says what RabbitMQ has properties for', () => {
    const { message } = mapped({ contentType: 'application/json', routingKey: 'orders.${id}' })
    expect(message).toMatchObject({ contentType: 'application/json' })
    expect(String(message.routingKey)).toBe('orders.9007199254740993')
  })
})

describe('the event id', () => {
  const idOf = (mapping: object, values = {}) => mapped(mapping, values).message.id
  it('is that of table, key and time, or of another version', () => {
    const plain = rowMessage(ASKED, COLUMNS, aRow()).id
    expect(idOf({})).toBe(plain)
    expect(idOf({ version: '${note}' })).not.toBe(plain)
    expect(idOf({ version: '${note}' })).toBe(idOf({ version: '${note}', key: null }))
    expect(idOf({ version: '${note}' }, { note: null })).not.toBe(idOf({ version: '${note}' }, { note: '' }))
  })
  it('is a column, a text, of columns, or of a name in a namespace', () => {
    expect(idOf({ eventId: '${note}' }, { note: 'e-1' })).toBe('e-1')
    expect(mapped({ eventId: '${note}' }, { note: '' }).unable).toBe('eventId is empty')
    expect(idOf({ eventId: { columns: ['id'] } })).toMatch(/^[0-9a-f-]{36}$/)
    expect(idOf({ eventId: { columns: ['id', 'note'] } })).not.toBe(idOf({ eventId: { columns: ['note', 'id'] } }))
    // The example of RFC 9562, A.4: www.example.com in the namespace of DNS.
    const dns = { namespace: '6ba7b810-9dad-11d1-80b4-00c04fd430c8', name: '${note}' }
    expect(idOf({ eventId: dns }, { note: 'www.example.com' })).toBe('2ed6657d-e927-568b-95e1-2665a8aea6a2')
  })
  it('goes in a header of any name, or in none', () => {
    const names = (mapping: object) => mapped(mapping).message.headers.map(([name]) => name)
    expect(names({})).toEqual(['x-event-id'])
    expect(names({ eventIdHeader: 'ce-id' })).toEqual(['ce-id'])
    expect(names({ eventIdHeader: null })).toEqual([])
  })
})

import { describe, expect, it } from 'vitest'
import { parseIdsAddress } from '../../../src/core/address/ids.js'
import { formatSeenId, parseSeenId } from '../../../src/core/seen-id.js'

describe('parseIdsAddress', () => {
  it.each([
    ['file:orders.csv', { kind: 'file', path: 'orders.csv' }],
    ['file:/a b/orders?.csv', { kind: 'file', path: '/a b/orders?.csv' }],
    ['file:orders.ndjson?id=/order/id', { kind: 'file', path: 'orders.ndjson', id: '/order/id' }],
    ['file:orders.csv?id=order%20no', { kind: 'file', path: 'orders.csv', id: 'order no' }],
    ['archive:20261121-0152-k3f9', { kind: 'archive', run: '20261121-0152-k3f9' }],
    ['parked:20261121-0152-k3f9', { kind: 'parked', run: '20261121-0152-k3f9' }],
  ])('reads %s', (text, address) => {
    expect(parseIdsAddress(text)).toEqual(address)
  })

  it('reads the address of a topic', () => {
    expect(parseIdsAddress('kafka://one:9092/orders')).toMatchObject({
      kind: 'broker',
      place: { address: { topic: 'orders' } },
    })
  })

  it('reads the address of a database with its columns, and keeps what is not of them for the database', () => {
    expect(parseIdsAddress('postgres://u:p%40@db/shop?table=public.orders&id=order%20no&time=at')).toEqual({
      kind: 'database',
      place: {
        address: { kind: 'postgres', host: 'db', port: 5432, database: 'shop' },
        credentials: { username: 'u', password: 'p@' },
      },
      table: 'public.orders',
      id: 'order no',
      time: 'at',
    })
    expect(() => parseIdsAddress('mysql://db/shop?tabel=orders')).toThrow('tabel')
  })

  it.each(['file:', 'file:a.csv?id=', 'file:a.csv?id=%', 'parked:', 'postgres://db/shop?table=', 'mysql://db'])(
    'refuses %s',
    text => {
      expect(() => parseIdsAddress(text)).toThrow(expect.objectContaining({ exitCode: 2 }))
    },
  )
})

describe('parseSeenId', () => {
  it.each(['key', 'header:order-id', 'json:/order/id'])('reads %s', text => {
    expect(formatSeenId(parseSeenId(text))).toBe(text)
  })

  it.each(['', 'header:', 'json:order', 'value'])('refuses "%s"', text => {
    expect(() => parseSeenId(text)).toThrow('no place of an id')
  })
})

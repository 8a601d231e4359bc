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
  ])('reads %s', (text, address) => {
    expect(parseIdsAddress(text)).toEqual(address)
  })

  it('reads the address of a topic', () => {
    expect(parseIdsAddress('kafka://one:9092/orders')).toMatchObject({
      kind: 'broker',
      place: { address: { topic: 'orders' } },
    })
  })

  it.each(['file:', 'file:a.csv?id=', 'file:a.csv?id=%', 'parked:20261121-0152-k3f9', 'postgres://db/shop'])(
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

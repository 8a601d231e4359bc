import { describe, expect, it } from 'vitest'
import { dayBefore } from '../../../../../src/verbs/rehearse/orders/scene.js'
import { ordersOf } from '../../../../../src/verbs/rehearse/orders/shop.js'

describe('the day of the orders', () => {
  const day = dayBefore(new Date('2026-03-01T00:30:00Z'), 10_000)

  it('is the one before, eight to six in UTC', () => {
    expect(day.range).toEqual(['2026-02-28T08:00', '2026-02-28T18:00'])
    expect(day.timeOf(1).toISOString()).toBe('2026-02-28T08:00:00.000Z')
    expect(day.timeOf(10_000).toISOString()).toBe('2026-02-28T17:59:56.400Z')
  })

  it.each([100, 10_000, 12_340])('has one order in twenty of %i in each half-hour', records => {
    const { firstOf, timeOf, range } = dayBefore(new Date('2026-03-01T00:30:00Z'), records)
    expect([firstOf(0), firstOf(20)]).toEqual([1, records + 1])
    for (let part = 0; part < 20; part++) {
      expect(firstOf(part + 1) - firstOf(part)).toBe(records / 20)
      expect(timeOf(firstOf(part)).getTime()).toBe(Date.parse(`${range[0]}Z`) + part * 1_800_000)
    }
  })

  it('has orders whose JSON is the row', () => {
    expect(ordersOf(day, 41, 42)).toEqual([
      {
        id: 'order-41',
        number: 41,
        json: '{"id":41,"created_at":"2026-02-28T08:02:24.000Z","customer":"customer-41","amount":"17.41"}',
      },
    ])
  })
})

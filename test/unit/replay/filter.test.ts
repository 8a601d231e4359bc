import { describe, expect, it } from 'vitest'
import type { ReplayFilter } from '../../../src/core/replay-plan.js'
import { filtered, keyBytes, wantedOf } from '../../../src/replay/filter.js'
import { aLane, aMessage } from './a-message.js'

const wants = (filter: ReplayFilter, fields: Parameters<typeof aMessage>[1]): boolean | undefined =>
  wantedOf(filter)?.(aMessage(0, fields))

describe('a filter', () => {
  it.each([
    ['at its start', '2026-01-31T08:00:00.000Z', true],
    ['before it', '2026-01-31T07:59:59.999Z', false],
    ['just before its end', '2026-01-31T08:59:59.999Z', true],
    ['at its end', '2026-01-31T09:00:00.000Z', false],
  ])('by time is half-open: a message %s', (_, at, isIn) => {
    const filter = { from: '2026-01-31T08:00:00.000Z', to: '2026-01-31T09:00:00.000Z' }
    expect(wants(filter, { timestamp: Date.parse(at) })).toBe(isIn)
  })

  it('by time leaves out what has no time', () => {
    expect(wants({ from: '1970-01-01T00:00:00.000Z' }, { timestamp: -1 })).toBe(false)
    expect(wants({ to: '2100-01-01T00:00:00.000Z' }, { timestamp: -1 })).toBe(false)
  })

  it('by key knows text and bytes, and never a null key', () => {
    const filter = { keys: ['größe', 'base64:AP8='] }
    expect(wants(filter, { key: Buffer.from('größe') })).toBe(true)
    expect(wants(filter, { key: Buffer.of(0, 255) })).toBe(true)
    expect(wants(filter, { key: Buffer.from('other') })).toBe(false)
    expect(wants(filter, { key: null })).toBe(false)
  })

  it('holds in all its parts together', () => {
    const filter = { ids: ['orders/0/0'], keys: ['a'] }
    expect(wants(filter, { key: Buffer.from('a') })).toBe(true)
    expect(wants(filter, { key: Buffer.from('b') })).toBe(false)
    expect(wants(filter, { id: 'orders/0/1', key: Buffer.from('a') })).toBe(false)
  })

  it('is none where nothing is asked', () => expect(wantedOf(undefined)).toBeUndefined())

  it('refuses what only looks like base64', () => expect(() => keyBytes('base64:a')).toThrow('no base64'))

  it('counts what it leaves out of a lane, and says how far it has looked', async () => {
    const lane = filtered(aLane(6, 4), ({ mark }) => Number(mark) % 3 === 0)
    const seen = []
    for await (const { items, next, skipped } of lane.read('0', new AbortController().signal))
      seen.push([items.map(({ message }) => message.mark), next, skipped])
    expect(seen).toEqual([
      [['0', '3'], '4', 2],
      [[], '6', 2],
    ])
  })
})

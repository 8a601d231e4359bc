import { describe, expect, it } from 'vitest'
import { takes } from '../../../src/ledger/by-filter.js'

const at = (iso: string): number => Date.parse(iso)

describe('takes', () => {
  it('takes everything without a filter', () => {
    expect(takes(undefined, { id: 'a' })).toBe('yes')
  })

  it('takes the ids that are listed, and no other', () => {
    expect(takes({ ids: ['a', 'b'] }, { id: 'a' })).toBe('yes')
    expect(takes({ ids: ['a', 'b'] }, { id: 'c' })).toBe('no')
  })

  it('cannot tell by a key that is not known', () => {
    expect(takes({ keys: ['k'] }, { id: 'a' })).toBe('maybe')
    expect(takes({ keys: ['k'] }, { id: 'a', key: Buffer.from('k') })).toBe('yes')
    expect(takes({ keys: ['k'] }, { id: 'a', key: null })).toBe('no')
  })

  it('takes a half-open range of time', () => {
    const filter = { from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z' }
    expect(takes(filter, { id: 'a', timestamp: at('2026-01-01T00:00:00Z') })).toBe('yes')
    expect(takes(filter, { id: 'a', timestamp: at('2026-01-02T00:00:00Z') })).toBe('no')
    expect(takes(filter, { id: 'a', timestamp: -1 })).toBe('no')
    expect(takes(filter, { id: 'a' })).toBe('maybe')
  })

  it('says no as soon as one part of the filter does', () => {
    expect(takes({ ids: ['b'], keys: ['k'] }, { id: 'a' })).toBe('no')
  })
})

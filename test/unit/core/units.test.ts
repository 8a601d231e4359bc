import { describe, expect, it } from 'vitest'
import { parseCount, parsePercent } from '../../../src/core/count.js'
import { nearest, suggestion } from '../../../src/core/did-you-mean.js'
import { parseDuration } from '../../../src/core/duration.js'
import { homeFolder } from '../../../src/core/home.js'
import { parseRate } from '../../../src/core/rate-text.js'
import { parseBytes } from '../../../src/core/size.js'
import { looksLikeTime } from '../../../src/core/zone.js'

describe('units', () => {
  it('reads durations and wants a unit', () => {
    expect(['500ms', '120s', '1h30m', '2d', '1.5s'].map(parseDuration)).toEqual([
      500, 120_000, 5_400_000, 172_800_000, 1500,
    ])
    for (const bad of ['', '120', '5 s', 's', '1h x', '-1s']) expect(() => parseDuration(bad)).toThrow('not a duration')
  })

  it('reads sizes in thousands and in 1024s', () => {
    expect(['500GB', '10GiB', '64kb', '1.5MB', '17', '9007199254740993'].map(parseBytes)).toEqual([
      500_000_000_000n,
      10n * 1024n ** 3n,
      64_000n,
      1_500_000n,
      17n,
      9_007_199_254_740_993n,
    ])
    for (const bad of ['', 'GB', '1XB', '-1GB']) expect(() => parseBytes(bad)).toThrow('not a size')
  })

  it('reads counts and percentages', () => {
    expect(['500', '5k', '1.5M', '1_000_000', '1,000'].map(parseCount)).toEqual([500, 5000, 1_500_000, 1_000_000, 1000])
    for (const bad of ['0', '-5', '1.5', '5x', '1,0', '']) expect(() => parseCount(bad)).toThrow('not a whole number')
    expect(['20%', '7.5'].map(parsePercent)).toEqual([20, 7.5])
    expect(() => parsePercent('a lot')).toThrow('not a percentage')
  })

  it('reads rates of messages and of bytes, and sends 0 to pause', () => {
    expect(['500', '5k', '10MB', '4MiB/s', '5k/s'].map(parseRate)).toEqual([
      { messages: 500 },
      { messages: 5000 },
      { bytes: 10_000_000 },
      { bytes: 4_194_304 },
      { messages: 5000 },
    ])
    for (const zero of ['0', '0MB', '0.0', '0/s'])
      expect(() => parseRate(zero)).toThrow(expect.objectContaining({ hint: expect.stringContaining('pause') }))
    expect(() => parseRate('fast')).toThrow('not a rate')
  })

  it('knows a time from a word', () => {
    for (const time of ['2024-01-01', '2024-01-01T10:00Z', '2024-01-01 10:00:00+02:00', '02:30', 'yesterday'])
      expect(looksLikeTime(time)).toBe(true)
    for (const word of ['now', 'prod/orders', 'kafka://a:9092/t', '9092']) expect(looksLikeTime(word)).toBe(false)
  })

  it('suggests the nearest word, or lists all', () => {
    expect(nearest('facto', ['factor', 'first'])).toBe('factor')
    expect(nearest('darin', ['drain', 'rain'])).toBe('drain')
    expect(suggestion('zebra', ['prod', 'staging'], 'clusters')).toBe(
      'Did you mean one of these clusters: prod, staging?',
    )
  })

  it('keeps its home in the XDG state folder', () => {
    expect(homeFolder({ HOME: '/h' })).toBe('/h/.local/state/spillway')
    expect(homeFolder({ HOME: '/h', XDG_STATE_HOME: '/s' })).toBe('/s/spillway')
    expect(homeFolder({ SPILLWAY_HOME: '/x', XDG_STATE_HOME: '/s' })).toBe('/x')
  })
})

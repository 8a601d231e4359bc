import { describe, expect, it } from 'vitest'
import { AgeLimit } from '../../../../../src/brokers/rabbitmq/discard/age-limit.js'
import { delivery, longLong } from '../a-message.js'

const at = (seconds: number) => delivery({ encoded: { timestamp: longLong(seconds) } })

describe('a prefix by age', () => {
  it('ends before the first message that is not older', () => {
    const limit = new AgeLimit(1_000_000)
    expect(limit.older([at(998), at(999), at(1000), at(1)])).toBe(2)
    expect(limit.end).toBe('newer')
  })

  it('ends before the first message that has no timestamp', () => {
    const limit = new AgeLimit(1_000_000)
    expect(limit.older([at(999), delivery()])).toBe(1)
    expect(limit.end).toBe('no-timestamp')
  })

  it('goes on while all are older', () => {
    const limit = new AgeLimit(1_000_000)
    expect(limit.older([at(0), at(999)])).toBe(2)
    expect(limit.end).toBeUndefined()
  })
})

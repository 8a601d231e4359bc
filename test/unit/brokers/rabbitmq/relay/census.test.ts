import { describe, expect, it } from 'vitest'
import { Census } from '../../../../../src/brokers/rabbitmq/relay/census.js'

describe('the census of a source', () => {
  it('finds what a broker brings back after its acks were taken', () => {
    const census = new Census(1000)
    census.count(1000)
    expect(census.recount(1040)).toBe(40)
    expect([census.again, census.recount(1040)]).toEqual([40, 0])
    expect(census.recount(1050)).toBe(10)
  })

  it('takes no arrival for one of them, nor an expiry', () => {
    const census = new Census(1000)
    census.count(1200)
    census.count(1150)
    expect([census.recount(1200), census.again]).toEqual([0, 0])
    expect(census.recount(900)).toBe(0)
    expect(census.recount(1230)).toBe(30)
  })

  it('goes on from what came back', () => {
    const census = new Census(1000)
    expect(census.recount(1100)).toBe(100)
    census.count(1300)
    expect([census.recount(1300), census.again]).toEqual([0, 100])
  })
})

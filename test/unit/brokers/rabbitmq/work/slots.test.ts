import { describe, expect, it } from 'vitest'
import { isMine, shareOf } from '../../../../../src/brokers/rabbitmq/work/slots.js'

const lanes = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]

describe('the share of a process', () => {
  it('is everything for one alone, whatever its slot', () => {
    expect(lanes.filter(lane => isMine(lane, shareOf(0, [0])))).toEqual(lanes)
    expect(lanes.filter(lane => isMine(lane, shareOf(7, [7])))).toEqual(lanes)
  })

  it('takes lanes in turn by rank among the slots that are held, gaps or not', () => {
    const held = [0, 2, 5]
    const parts = held.map(own => lanes.filter(lane => isMine(lane, shareOf(own, held))))
    expect(parts).toEqual([
      [0, 3, 6, 9],
      [1, 4, 7],
      [2, 5, 8],
    ])
  })

  it('counts its own slot where the look missed it', () => {
    expect(shareOf(1, [0])).toEqual({ rank: 1, of: 2 })
  })
})

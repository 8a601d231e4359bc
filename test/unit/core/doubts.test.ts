import { describe, expect, it } from 'vitest'
import { standingDoubts } from '../../../src/core/doubts.js'

const range = (messages: bigint, occasion?: number, why = 'in the archive') => ({
  ...{ lane: 'orders', from: '5', to: String(5n + (messages < 0n ? -messages : messages)), why, messages },
  ...(occasion === undefined ? {} : { occasion }),
})

describe('the doubts that stand', () => {
  it('are one for each reason of a queue, with the sum', () => {
    const doubted = [range(3n, 1), range(4n, 2), range(2n, 3, 'in the lanes')]
    expect(standingDoubts({ doubted }).map(({ messages, why, to }) => [messages, why, to])).toEqual([
      [7n, 'in the archive', '9'],
      [2n, 'in the lanes', '7'],
    ])
  })

  it('are none where all was taken back, and less where a part was', () => {
    expect(standingDoubts({ doubted: [range(3n, 1), range(-3n, 2)] })).toEqual([])
    expect(standingDoubts({ doubted: [range(3n, 1), range(-1n, 2)] })[0]?.messages).toBe(2n)
  })

  it('stay as they are where each is a range of its own', () => {
    expect(standingDoubts({ doubted: [range(3n), range(4n)] })).toHaveLength(2)
  })
})

import { describe, expect, it } from 'vitest'
import type { Standing } from '../../../../../src/verbs/rabbitmq/restore/facts.js'
import { isInHand, Patience } from '../../../../../src/verbs/rabbitmq/restore/patience.js'

const standing = (given: Partial<Standing> = {}): Standing => ({
  name: 'orders.spill.r1.00',
  exists: true,
  ready: 0,
  consumers: 0,
  ...given,
})

/** Looks that see one standing after the other, the last one for ever. */
const looks = (...seen: Standing[]) => {
  let count = 0
  const look = async () => seen[Math.min(count++, seen.length - 1)] ?? standing()
  return { look, count: () => count }
}
const soft = new AbortController().signal

describe('the patience with old counts', () => {
  it('looks again while only the API counts something unacked, and says so once', async () => {
    const said: string[] = []
    const patience = new Patience(line => void said.push(line), soft, { everyMs: 1 })
    const first = looks(standing({ unacked: 7 }), standing({ unacked: 7 }), standing({ unacked: 0 }))
    expect(await patience.standing(first.look)).toEqual(standing({ unacked: 0 }))
    expect(first.count()).toBe(3)
    await patience.standing(looks(standing({ unacked: 2 }), standing()).look)
    expect(said).toHaveLength(1)
    expect(said[0]).toContain('7 unacked in orders.spill.r1.00')
  })

  it.each([{ ready: 1, unacked: 1 }, { consumers: 1, unacked: 1 }, { unacked: 0 }, {}])(
    'takes what AMQP itself sees as it is: %o',
    async given => {
      const { look, count } = looks(standing(given))
      expect(await new Patience(() => undefined, soft).standing(look)).toEqual(standing(given))
      expect(count()).toBe(1)
    },
  )

  it('looks again at what may be in hand, beside ready messages too, where that is asked', async () => {
    const { look, count } = looks(standing({ ready: 5, unacked: 2 }), standing({ ready: 7, unacked: 0 }))
    const patience = new Patience(() => undefined, soft, { everyMs: 1 })
    expect(await patience.standing(look, isInHand)).toEqual(standing({ ready: 7, unacked: 0 }))
    expect(count()).toBe(2)
  })

  it('ends, for all looks of a command together', async () => {
    const patience = new Patience(() => undefined, soft, { leftMs: 1, everyMs: 5 })
    const held = standing({ unacked: 1 })
    expect(await patience.standing(looks(held).look)).toEqual(held)
    const { look, count } = looks(held)
    await patience.standing(look)
    expect(count()).toBe(1)
  })
})

import { describe, expect, it } from 'vitest'
import { EndCount } from '../../../../../src/brokers/rabbitmq/relay/end-count.js'
import type { QueueRelayRequest } from '../../../../../src/brokers/rabbitmq/relay/request.js'

const endOf = (until: string, more: Partial<QueueRelayRequest> = {}) =>
  new EndCount({ plan: { until, queue: 'orders', lanes: [{ to: '500' }] }, ...more } as unknown as QueueRelayRequest)

describe('the end of a drain', () => {
  it('is the captured count with --until now, whatever comes', () => {
    const end = endOf('now')
    end.look(100, 10_000, 0)
    expect(end.count).toBe(500)
  })

  it('is where the queue ended when what was left was no more than two seconds of copying', () => {
    const end = endOf('caught-up')
    end.look(1000, 5000, 0)
    end.look(2000, 4000, 1000)
    expect(end.count).toBe(Number.POSITIVE_INFINITY)
    end.look(3000, 1900, 2000)
    expect(end.count).toBe(4900)
    end.look(4900, 90_000, 3000)
    expect(end.count).toBe(4900)
  })

  it('comes at once where nothing is left, and for an undo only with the empty lane', () => {
    const end = endOf('caught-up')
    end.look(10, 0, 0)
    expect(end.count).toBe(10)
    const undo = endOf('caught-up', { putBack: { userId: false, counts: false } })
    undo.look(10, 0, 0)
    expect(undo.count).toBe(Number.POSITIVE_INFINITY)
  })

  it('is not fixed while the boundary is open, and then with all that is left', () => {
    const caughtUp: string[] = []
    const boundary = { closed: false, held: false, caughtUp: (queue: string) => void caughtUp.push(queue) }
    const end = endOf('lanes-empty', { boundary })
    end.look(1000, 5000, 0)
    expect(caughtUp).toEqual([])
    end.look(2000, 10, 1000)
    expect({ caughtUp, open: end.open, count: end.count }).toEqual({
      caughtUp: ['orders'],
      open: true,
      count: Number.POSITIVE_INFINITY,
    })
    boundary.closed = true
    end.look(2001, 90_000, 2000)
    expect({ open: end.open, count: end.count }).toEqual({ open: false, count: 92_001 })
  })
})

import { describe, expect, it } from 'vitest'
import type { RunEvent } from '../../../../src/core/event.js'
import { HoldGate } from '../../../../src/core/gate.js'
import { BrokerError, Stopped } from '../../../../src/errors.js'
import { LanesBoundary, type LanesInView, type LanesSeen } from '../../../../src/verbs/run/lanes-boundary.js'

const NEVER = new AbortController().signal
const SOON = { lookMs: 1, tailMs: 1 }

/** A boundary over one lane, whose looks are given one by one; the last one again and again. */
const over = (looks: readonly (LanesSeen | Error)[], more: Partial<LanesInView> = {}) => {
  const gate = new HoldGate()
  const left = [...looks]
  const look = async () => {
    const next = left.length > 1 ? left.shift() : left[0]
    if (next === undefined || next instanceof Error) throw next
    return next
  }
  const view: LanesInView = {
    run: 'RUN',
    lanes: ['0'],
    gate,
    small: 4,
    look,
    isWorked: async () => false,
    isEmpty: async ({ lag }) => lag === 0,
    mayPass: error => error instanceof BrokerError,
    ...more,
  }
  return { gate, boundary: new LanesBoundary(view, SOON), left }
}

async function all(events: AsyncIterable<RunEvent>): Promise<RunEvent[]> {
  const found: RunEvent[] = []
  for await (const event of events) found.push(event)
  return found
}

describe('the boundary of lanes-empty', () => {
  it('closes when the lanes hold little, but not before each lane was caught up with', async () => {
    const { boundary, left } = over([{ lag: 4, read: 0 }])
    const ending = new AbortController()
    const watching = all(boundary.watch(ending.signal))
    await new Promise(resolve => setTimeout(resolve, 20))
    expect({ closed: boundary.closed, looks: left.length }).toEqual({ closed: false, looks: 1 })
    boundary.caughtUp('0')
    await watching
    expect(boundary.closed).toBe(true)
  })

  it('closes when what they hold is worked off in five seconds', async () => {
    // Some milliseconds lie between two looks, so that a million messages are many thousands a second.
    const { boundary } = over([
      { lag: 5000, read: 0 },
      { lag: 5000, read: 0 },
      { lag: 5000, read: 1_000_000 },
    ])
    boundary.caughtUp('0')
    await all(boundary.watch(NEVER))
    expect(boundary.closed).toBe(true)
  })

  it('is waited for no more when the copy has ended otherwise', async () => {
    const { boundary } = over([{ lag: 5000, read: 0 }])
    const watching = all(boundary.watch(NEVER))
    await all(boundary.following('0', (async function* (): AsyncGenerator<RunEvent> {})()))
    await watching
    expect(boundary.closed).toBe(false)
  })

  it('lets who waits at the tail look again, but not while the run is held', async () => {
    const { boundary, gate } = over([{ lag: 0, read: 0 }])
    await boundary.changed(NEVER)
    gate.hold('operator: pause', 'operator')
    let isOver = false
    const changed = boundary.changed(NEVER).then(() => {
      isOver = true
    })
    await new Promise(resolve => setTimeout(resolve, 20))
    expect({ isOver, held: boundary.held }).toEqual({ isOver: false, held: true })
    gate.resume('operator')
    await changed
  })

  it('tells that nobody works the lanes, and lifts that when somebody does', async () => {
    const idle = Array.from({ length: 14 }, () => ({ lag: 90, read: 10 }))
    const { boundary } = over([...idle, { lag: 50, read: 50 }, { lag: 0, read: 100 }])
    const events = await all(boundary.untilEmpty(NEVER))
    const reason = 'lanes: nobody works them (spillway fanout RUN --exec CMD --execute)'
    expect(events).toMatchObject([
      { type: 'held', reason, until: 'clears' },
      { type: 'released', reason },
    ])
  })

  it('bears a handler that is slow', async () => {
    const idle = Array.from({ length: 14 }, () => ({ lag: 90, read: 10 }))
    const { boundary } = over([...idle, { lag: 0, read: 100 }], { isWorked: async () => true })
    expect(await all(boundary.untilEmpty(NEVER))).toEqual([])
  })

  it('waits for a broker that is away, and throws what does not pass', async () => {
    const away = new BrokerError('gone for a walk', { retry: true })
    const { boundary } = over([away, away, away, { lag: 0, read: 1 }])
    expect(await all(boundary.untilEmpty(NEVER))).toMatchObject([
      { type: 'held', reason: 'broker: gone for a walk' },
      { type: 'released' },
    ])
    const { boundary: broken } = over([new Error('broken')])
    await expect(all(broken.untilEmpty(NEVER))).rejects.toThrow('broken')
  })

  it('ends its wait with the reason of a stop', async () => {
    const { boundary } = over([{ lag: 9, read: 0 }])
    const stop = new AbortController()
    const waiting = all(boundary.untilEmpty(stop.signal))
    stop.abort(new Stopped('SIGTERM'))
    await expect(waiting).rejects.toThrow('Stopped by SIGTERM')
  })
})

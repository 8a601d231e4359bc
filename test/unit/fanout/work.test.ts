import { describe, expect, it } from 'vitest'
import { HoldGate } from '../../../src/core/gate.js'
import { Pacer } from '../../../src/core/rate.js'
import { RunError } from '../../../src/errors.js'
import { DONE, type Outcome } from '../../../src/fanout/ports.js'
import { handlerOf, intakeOf, later, MemoryLane, message, messages, play } from './stage.js'

describe('work', () => {
  it('hands every message over once and settles each lane up to its end', async () => {
    const lanes = ['0', '1', '2'].map(lane => new MemoryLane(messages(lane, 1000, 7)))
    const seen: string[] = []
    const { state, error } = await play({
      intake: intakeOf(lanes),
      handler: handlerOf(async ({ message: { id } }) => {
        seen.push(id)
        return DONE
      }),
    })
    expect(error).toBeUndefined()
    expect(new Set(seen).size).toBe(3000)
    expect(seen.length).toBe(3000)
    expect(lanes.map(({ committed }) => committed)).toEqual([1000, 1000, 1000])
    expect(state.ledger).toEqual({ read: 3000n, written: 3000n, parked: 0n, dropped: 0n })
    expect([...state.lanes.values()].every(({ finished }) => finished)).toBe(true)
    expect(lanes.every(({ closed }) => closed)).toBe(true)
  })

  it('has one message of a key in hand at a time, in order, and many keys at once', async () => {
    const lane = new MemoryLane(messages('0', 400, 20))
    const inHand = new Map<string, number>()
    const last = new Map<string, number>()
    let most = 0
    const { error } = await play({
      intake: intakeOf([lane]),
      handler: handlerOf(async ({ message: { key, mark } }) => {
        const name = String(key)
        expect(inHand.get(name) ?? 0).toBe(0)
        expect(Number(mark)).toBeGreaterThan(last.get(name) ?? -1)
        inHand.set(name, 1)
        last.set(name, Number(mark))
        most = Math.max(
          most,
          [...inHand.values()].reduce((sum, each) => sum + each, 0),
        )
        await later(Math.random() * 4)
        inHand.set(name, 0)
        return DONE
      }),
    })
    expect(error).toBeUndefined()
    expect(most).toBeGreaterThan(8)
  })

  it('works a lane one by one with order lane, and does not care for keys with order none', async () => {
    const most = async (order: 'lane' | 'none') => {
      let [now, peak] = [0, 0]
      await play({
        order,
        intake: intakeOf([new MemoryLane(messages('0', 60, 1))]),
        handler: handlerOf(async () => {
          peak = Math.max(peak, ++now)
          await later(1)
          now--
          return DONE
        }),
      })
      return peak
    }
    expect(await most('lane')).toBe(1)
    expect(await most('none')).toBe(16)
  })

  it('never settles past a message that is not done', async () => {
    const lane = new MemoryLane(messages('0', 300, 300))
    let free: () => void = () => undefined
    const stuck = new Promise<void>(resolve => {
      free = resolve
    })
    let during = -1
    const look = () => {
      during = lane.committed
      free()
    }
    const { state } = await play({
      intake: intakeOf([lane]),
      handler: handlerOf(async ({ message: { mark } }) => {
        if (mark === '50') await stuck
        if (mark === '299') setTimeout(look, 600)
        return DONE
      }),
    })
    expect(during).toBe(50)
    expect(lane.committed).toBe(300)
    expect(state.ledger.read).toBe(300n)
  })

  it('settles each message by itself where the lane does so', async () => {
    const lane = new MemoryLane(messages('0', 100, 100), { settling: 'each' })
    let acked: number | undefined
    await play({
      intake: intakeOf([lane]),
      handler: handlerOf(async ({ message: { mark } }) => {
        if (mark === '0') await later(300)
        if (mark === '0') acked = lane.acked.size
        return DONE
      }),
    })
    expect(acked).toBe(99)
    expect(lane.acked.size).toBe(100)
  })

  it('tries a failing message again, then parks it with its reason, and goes on with its key', async () => {
    const lane = new MemoryLane(messages('0', 40, 4))
    const tries: number[] = []
    const { state, parked } = await play({
      intake: intakeOf([lane]),
      retries: 2,
      handler: handlerOf(async ({ message: { mark }, attempt }) => {
        if (mark !== '5') return DONE
        tries.push(attempt)
        return { kind: 'failed', reason: 'exit code 3' }
      }),
    })
    expect(tries).toEqual([1, 2, 3])
    expect(parked.map(each => [each.message.mark, each.reason, each.attempts])).toEqual([['5', 'exit code 3', 3]])
    expect(state.ledger).toEqual({ read: 40n, written: 39n, parked: 1n, dropped: 0n })
    expect(lane.committed).toBe(40)
  })

  it('does not count a try that asks for later, and parks at once what is refused', async () => {
    let asked = 0
    const { parked, state } = await play({
      intake: intakeOf([new MemoryLane(messages('0', 10, 10))]),
      retries: 0,
      handler: handlerOf(async ({ message: { mark }, attempt }): Promise<Outcome> => {
        expect(attempt).toBe(1)
        if (mark === '3' && ++asked < 3) return { kind: 'later', reason: 'busy' }
        return mark === '7' ? { kind: 'refused', reason: '404' } : DONE
      }),
    })
    expect(asked).toBe(3)
    expect(parked.map(each => [each.message.mark, each.attempts])).toEqual([['7', 1]])
    expect(state.ledger.written).toBe(9n)
  })

  it('gives what a dying handler had in hand to another once, and then parks it', async () => {
    let deaths = 0
    const { parked } = await play({
      intake: intakeOf([new MemoryLane(messages('0', 10, 10))]),
      handler: handlerOf(async ({ message: { mark } }): Promise<Outcome> => {
        if (mark === '2') return { kind: 'died', reason: 'killed by SIGSEGV' }
        if (mark === '4' && ++deaths === 1) return { kind: 'died', reason: 'killed by SIGSEGV' }
        return DONE
      }),
    })
    expect(parked.map(each => [each.message.mark, each.reason])).toEqual([['2', 'killed by SIGSEGV']])
    expect(deaths).toBe(2)
  })

  it('parks only what kills, however much dies with it', async () => {
    const hands = new Set<() => void>()
    const { parked, state } = await play({
      intake: intakeOf([new MemoryLane(messages('0', 200, 200))]),
      handler: handlerOf(async ({ message: { mark } }): Promise<Outcome> => {
        const kill = new Promise<void>(resolve => hands.add(resolve))
        if (mark === '20') for (const die of hands) die()
        const died = kill.then((): Outcome => ({ kind: 'died', reason: 'killed' }))
        const done = later(30).then((): Outcome => DONE)
        return await Promise.race([died, done])
      }),
    })
    expect(parked.map(each => each.message.mark)).toEqual(['20'])
    expect(state.ledger).toMatchObject({ read: 200n, parked: 1n })
  })

  it('finishes what was begun when a lane is taken back, and doubts nothing', async () => {
    const all = messages('0', 400, 40)
    const first = new MemoryLane(all)
    first.takeBackAt = 200
    const seen: string[] = []
    const handler = handlerOf(async ({ message: { id } }) => {
      await later(Math.random() * 3)
      seen.push(id)
      return DONE
    })
    const before = await play({ intake: intakeOf([first]), handler })
    const second = new MemoryLane(all, { from: first.committed })
    const after = await play({ intake: intakeOf([second]), handler })
    expect(before.state.doubted).toEqual([])
    expect(after.state.doubted).toEqual([])
    expect(seen.length).toBe(400)
    expect(new Set(seen).size).toBe(400)
  })

  it('settles nothing of a lane that is gone, and goes on with the others', async () => {
    const gone = new MemoryLane(messages('0', 5000, 40))
    const kept = new MemoryLane(messages('1', 500, 40))
    const { state, error } = await play({
      intake: intakeOf([gone, kept]),
      handler: handlerOf(async ({ message: { lane, mark } }) => {
        if (lane === '0' && mark === '300') gone.isGone = true
        await later(1)
        return DONE
      }),
    })
    expect(error).toBeUndefined()
    expect(gone.closed).toBe(false)
    expect(kept.committed).toBe(500)
    expect(state.lanes.get('0')?.finished).toBe(false)
  })

  it('stops softly: what is in hand ends and is settled, the rest stays where it is', async () => {
    const lane = new MemoryLane(messages('0', 2000, 2000))
    const stop = new AbortController()
    const seen: string[] = []
    const { state, error } = await play({
      intake: intakeOf([lane]),
      soft: stop.signal,
      handler: handlerOf(async ({ message: { mark } }) => {
        if (mark === '100') stop.abort()
        await later(2)
        seen.push(mark)
        return DONE
      }),
    })
    expect(error).toBeUndefined()
    expect(lane.committed).toBe(seen.length)
    expect(lane.committed).toBeLessThan(200)
    expect(state.doubted).toEqual([])
    expect(state.ledger.read).toBe(BigInt(seen.length))
  })

  it('tries nothing again of what ends after the run, and leaves no timer that would keep the process', async () => {
    const timers = () => process.getActiveResourcesInfo().filter(each => each === 'Timeout').length
    const [soft, hard] = [new AbortController(), new AbortController()]
    const answers: ((outcome: Outcome) => void)[] = []
    const handle = () => new Promise<Outcome>(answer => void answers.push(answer))
    const intake = intakeOf([new MemoryLane(messages('0', 16, 16))])
    const played = play({ intake, handler: handlerOf(handle), soft: soft.signal, hard: hard.signal })
    await later(100)
    soft.abort()
    hard.abort()
    await played
    const before = timers()
    for (const answer of answers) answer({ kind: 'died', reason: 'the worker ended with it in hand' })
    await later(500)
    expect(timers()).toBeLessThanOrEqual(before)
  }, 15_000)

  it('bears a hold that ends as a try begins, while others wait to begin', async () => {
    let calls = 0
    const handle = async (): Promise<Outcome> => {
      const later: Outcome = { kind: 'later', reason: '429 Too Many Requests', afterMs: 1000 }
      return ++calls === 1 ? later : DONE
    }
    const lane = new MemoryLane(messages('0', 5, 5))
    const { state, error } = await play({ intake: intakeOf([lane]), handler: handlerOf(handle, 32) })
    expect(error).toBeUndefined()
    expect(state.ledger.written).toBe(5n)
  })

  it('tells what was done past an unfinished message when it stops', async () => {
    const lane = new MemoryLane(messages('0', 200, 200))
    const stop = new AbortController()
    const hard = new AbortController()
    const { state } = await play({
      intake: intakeOf([lane], 200),
      soft: stop.signal,
      hard: hard.signal,
      handler: handlerOf(async ({ message: { mark } }) => {
        if (mark === '10') return { kind: 'later', reason: 'not yet' }
        if (mark === '60') stop.abort()
        await later(1)
        return DONE
      }),
    })
    expect(lane.committed).toBe(10)
    expect(state.doubted.reduce((sum, { messages: each }) => sum + each, 0n)).toBeGreaterThan(40n)
  }, 20_000)

  it('begins nothing while it is held, and goes on when the hold is lifted', async () => {
    const gate = new HoldGate()
    let seen = 0
    let whileHeld = -1
    const { state } = await play({
      gate,
      intake: intakeOf([new MemoryLane(messages('0', 3000, 3000))]),
      handler: handlerOf(async () => {
        await later(1)
        if (++seen === 100) {
          gate.hold('operator: pause', 'operator')
          setTimeout(() => {
            const before = seen
            setTimeout(() => {
              whileHeld = seen - before
              gate.resume('me')
            }, 200)
          }, 50)
        }
        return DONE
      }),
    })
    expect(whileHeld).toBe(0)
    expect(seen).toBe(3000)
    expect(state.held.map(({ reason }) => reason)).toEqual(['operator: pause'])
  })

  it('holds while what the handler stands on is away, parks nothing, and begins again with few', async () => {
    let isAway = true
    let inHand = 0
    let firstPeak = 0
    setTimeout(() => {
      isAway = false
    }, 1500)
    const { state, parked } = await play({
      intake: intakeOf([new MemoryLane(messages('0', 500, 500))]),
      retries: 20,
      handler: handlerOf(async (): Promise<Outcome> => {
        if (isAway) return { kind: 'failed', reason: 'ECONNREFUSED', outage: true }
        inHand++
        if (firstPeak === 0) firstPeak = inHand
        await later(1)
        inHand--
        return DONE
      }),
    })
    expect(parked).toEqual([])
    expect(state.ledger.written).toBe(500n)
    expect(state.held[0]?.reason).toBe('handler: ECONNREFUSED')
    expect(firstPeak).toBe(1)
  }, 20_000)

  it('stops when too many are parked', async () => {
    const lane = new MemoryLane(messages('0', 1000, 1000))
    const { error, state } = await play({
      intake: intakeOf([lane]),
      expected: 1000n,
      maxParkedPercent: 10,
      handler: handlerOf(
        async ({ message: { mark } }): Promise<Outcome> =>
          Number(mark) % 2 === 0 ? { kind: 'refused', reason: 'no such customer' } : DONE,
      ),
    })
    expect(error).toBeInstanceOf(RunError)
    expect(error).toMatchObject({ code: 'too-many-parked' })
    expect(lane.committed).toBeLessThan(1000)
    expect(state.ledger.read).toBe(BigInt(lane.committed))
  })

  it('names the key that a full window waits for', async () => {
    const gate = new HoldGate()
    let told = ''
    const { state } = await play({
      gate,
      maxAhead: 50,
      intake: intakeOf([new MemoryLane(messages('0', 300, 300))]),
      handler: handlerOf(async ({ message: { mark } }) => {
        if (mark === '7') await later(2500)
        told ||= gate.holds()[0]?.reason ?? ''
        return DONE
      }),
    })
    expect(told).toContain('max-ahead: ')
    expect(told).toContain('key "key-7" at orders/0/7')
    expect(state.ledger.read).toBe(300n)
  })

  it('ends the run when the handler as a whole is broken', async () => {
    const lane = new MemoryLane(messages('0', 100, 100))
    const { error } = await play({
      intake: intakeOf([lane]),
      handler: handlerOf(async () => {
        throw new RunError('the worker cannot be started', { code: 'handler' })
      }),
    })
    expect(error).toMatchObject({ code: 'handler' })
    expect(lane.committed).toBe(0)
  })

  it('settles a chunk without messages, and one that ends in markers', async () => {
    const lane = new MemoryLane([message('0', 0, 'a')])
    lane.chunks = async function* () {
      yield { messages: [], next: '5', notData: { holes: 3n, markers: 2n, aborted: 0n }, bytes: 100 }
      yield { messages: [message('0', 5, 'a')], next: '9', notData: { holes: 0n, markers: 3n, aborted: 0n }, bytes: 50 }
      this.finished = true
    }
    const { state } = await play({ intake: intakeOf([lane]) })
    expect(lane.committed).toBe(9)
    expect(state.notData).toEqual({ holes: 3n, markers: 5n, aborted: 0n })
    expect(state.ledger.read).toBe(1n)
  })
})

describe('the rate of a fan-out', () => {
  it('holds where a try begins, and a change of it within a second', async () => {
    const pacer = new Pacer({ messages: 100 })
    const times: number[] = []
    const began = performance.now()
    setTimeout(() => pacer.change({ messages: 1000 }), 1500)
    const { state } = await play({
      pacer,
      intake: intakeOf([new MemoryLane(messages('0', 600, 600))]),
      handler: handlerOf(async () => {
        times.push(performance.now() - began)
        return DONE
      }),
    })
    expect(state.ledger.read).toBe(600n)
    expect(times.filter(at => at < 1500).length).toBeLessThan(170)
    expect(times.filter(at => at < 1500).length).toBeGreaterThan(80)
    expect(times.at(-1)).toBeLessThan(3500)
  })
})

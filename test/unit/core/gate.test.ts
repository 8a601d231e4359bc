import { describe, expect, it } from 'vitest'
import type { RunEvent } from '../../../src/core/event.js'
import { CLEARED, HoldGate } from '../../../src/core/gate.js'

const clock = { now: () => Date.parse('2026-11-21T01:00:00Z'), sleep: () => Promise.resolve() }
const never = new AbortController().signal
const pass = async (gate: HoldGate, lane = '0', soft = never): Promise<string[]> => {
  const seen: string[] = []
  for await (const event of gate.pass(lane, soft)) seen.push(inShort(event))
  return seen
}
const inShort = (event: RunEvent): string =>
  'reason' in event ? `${event.type} ${event.reason}` : event.type === 'steered' ? `steered ${event.what}` : event.type
const turn = () => new Promise(resolve => setImmediate(resolve))

describe('HoldGate', () => {
  it('lets pass while nothing holds', async () => {
    expect(await pass(new HoldGate(clock))).toEqual([])
  })

  it('tells a hold and its release once, whatever the number of lanes', async () => {
    const gate = new HoldGate(clock)
    gate.hold('disk', 'clears')
    const lanes = ['0', '1', '2'].map(lane => pass(gate, lane))
    await turn()
    gate.release('disk', CLEARED)
    expect((await Promise.all(lanes)).flat()).toEqual(['held disk', 'released disk'])
  })

  it('stays closed until every hold is lifted', async () => {
    const gate = new HoldGate(clock)
    gate.hold('disk', 'clears')
    gate.hold('disk', 'clears')
    gate.hold('lag', 'clears')
    let through = false
    const lane = pass(gate).then(() => {
      through = true
    })
    gate.release('disk', CLEARED)
    await turn()
    expect(through).toBe(false)
    expect(gate.holds().map(hold => hold.reason)).toEqual(['lag'])
    gate.release('lag', CLEARED)
    await lane
    expect(through).toBe(true)
  })

  it("leaves an operator's hold to an operator", async () => {
    const gate = new HoldGate(clock)
    gate.hold('member seen', 'operator')
    gate.hold('lag', 'clears')
    expect(gate.release('member seen', CLEARED)).toBe(false)
    expect(gate.resume('ann')).toEqual(['member seen'])
    expect(gate.holds().map(hold => hold.reason)).toEqual(['lag'])
  })

  it('ignores a reason for the rest of the run, and journals that', async () => {
    const gate = new HoldGate(clock)
    gate.hold('downstream lag 700 ms', 'clears')
    gate.ignore('downstream lag', 'ann')
    expect(gate.hold('downstream lag 900 ms', 'clears')).toBe(false)
    expect(await pass(gate)).toEqual([
      'held downstream lag 700 ms',
      'steered ignore downstream lag',
      'released downstream lag 700 ms',
    ])
  })

  it('lets a lane go when soft aborts, still closed', async () => {
    const gate = new HoldGate(clock)
    gate.hold('disk', 'clears')
    const stop = new AbortController()
    const lane = pass(gate, '0', stop.signal)
    await turn()
    stop.abort()
    expect(await lane).toEqual(['held disk'])
    expect(gate.holds()).toHaveLength(1)
  })

  it('tells all lanes that are in trouble as one hold, which none of them waits for', async () => {
    const gate = new HoldGate(clock)
    gate.trouble('0', 'broker: connection to a lost')
    gate.trouble('1', 'broker: connection to b lost')
    gate.trouble('0', 'broker: nothing listens at a')
    expect(await pass(gate)).toEqual(['held broker: connection to a lost'])
    expect(gate.holds()).toHaveLength(1)
    gate.recovered('0')
    gate.recovered('2')
    expect(await pass(gate)).toEqual([])
    gate.recovered('1')
    expect(await pass(gate)).toEqual(['released broker: connection to a lost'])
    gate.trouble('1', 'broker: again')
    expect(await pass(gate)).toEqual(['held broker: again'])
  })

  it('keeps closed for other reasons while lanes are in trouble', async () => {
    const gate = new HoldGate(clock)
    gate.trouble('0', 'broker: gone')
    gate.hold('disk', 'clears')
    let through = false
    const lane = pass(gate).then(() => {
      through = true
    })
    await turn()
    expect(through).toBe(false)
    gate.release('disk', CLEARED)
    await lane
  })

  it('keeps for the end what no lane has carried', () => {
    const gate = new HoldGate(clock)
    gate.hold('disk', 'clears')
    expect([...gate.takeEvents()].map(inShort)).toEqual(['held disk'])
    expect([...gate.takeEvents()]).toEqual([])
  })
})

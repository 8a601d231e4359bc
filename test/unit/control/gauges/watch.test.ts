import { describe, expect, it } from 'vitest'
import { GaugeWatch } from '../../../../src/control/gauges/watch.js'
import { HoldGate } from '../../../../src/core/gate.js'
import type { Gauge } from '../../../../src/core/gauges.js'
import { FakeClock } from '../../core/fake-clock.js'

const never = new AbortController().signal
const reasons = (gate: HoldGate) => gate.holds().map(({ reason }) => reason)
const told = (gate: HoldGate) =>
  [...gate.takeEvents()].map(event => ('reason' in event ? `${event.type} ${event.reason}` : event.type))

/** A gauge that says what the test wants; an error is thrown. */
function aGauge(name = 'lag'): Gauge & { says: string | Error | undefined } {
  return {
    name,
    says: undefined,
    async read() {
      if (this.says instanceof Error) throw this.says
      return this.says
    },
  }
}

describe('GaugeWatch', () => {
  it('holds while a gauge is not well, as one hold whose words stay', async () => {
    const gate = new HoldGate()
    const gauge = aGauge()
    const watch = new GaugeWatch([gauge], { gate })
    await watch.look(never)
    expect(reasons(gate)).toEqual([])
    for (const says of ['12 s is over 10 s', '15 s is over 10 s']) {
      gauge.says = says
      await watch.look(never)
    }
    expect(reasons(gate)).toEqual(['lag: 12 s is over 10 s'])
    gauge.says = undefined
    await watch.look(never)
    expect(told(gate)).toEqual(['held lag: 12 s is over 10 s', 'released lag: 12 s is over 10 s'])
  })

  it('holds while a gauge cannot be read, and never in between', async () => {
    const gate = new HoldGate()
    const gauge = aGauge()
    const watch = new GaugeWatch([gauge], { gate })
    gauge.says = new Error('connect ECONNREFUSED')
    await watch.look(never)
    expect(reasons(gate)).toEqual(['lag: cannot be read: connect ECONNREFUSED'])
    gauge.says = '12 s is over 10 s'
    await watch.look(never)
    expect(told(gate)).toEqual([
      'held lag: cannot be read: connect ECONNREFUSED',
      'held lag: 12 s is over 10 s',
      'released lag: cannot be read: connect ECONNREFUSED',
    ])
  })

  it('takes no answer for one that cannot be read', async () => {
    const gate = new HoldGate()
    const silent: Gauge = { name: 'health check', read: () => new Promise(() => undefined) }
    await new GaugeWatch([silent], { gate, patienceMs: 20 }).look(never)
    expect(reasons(gate)).toEqual(['health check: cannot be read: no answer within 0.02 s'])
  })

  it('holds no more for what an operator ignores', async () => {
    const gate = new HoldGate()
    const [one, other] = [aGauge('lag'), aGauge('load')]
    one.says = other.says = 'too much'
    const watch = new GaugeWatch([one, other], { gate })
    await watch.look(never)
    gate.ignore('lag', 'ann')
    await watch.look(never)
    expect(reasons(gate)).toEqual(['load: too much'])
  })

  it('reads again and again until the run is over', async () => {
    const gate = new HoldGate()
    const clock = new FakeClock()
    let reads = 0
    const gauge: Gauge = {
      name: 'lag',
      read: async () => {
        reads++
        return undefined
      },
    }
    const over = new AbortController()
    const watching = new GaugeWatch([gauge], { gate, clock }).run(over.signal)
    await clock.advance(3500)
    expect(reads).toBe(3)
    over.abort()
    await watching
    expect(reads).toBe(3)
  })
})

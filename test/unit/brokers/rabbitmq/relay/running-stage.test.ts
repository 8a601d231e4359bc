import { describe, expect, it } from 'vitest'
import { RunningStage } from '../../../../../src/brokers/rabbitmq/relay/running-stage.js'

const stage = ({ takesBack, prefetch = 10, until = 25 }: { takesBack: boolean; prefetch?: number; until?: number }) =>
  new RunningStage({ prefetch, until }, { tag: 'spillway-1', base: 100, takesBack })
const arrivals = (running: RunningStage, messages: number): boolean[] =>
  Array.from({ length: messages }, () => running.arrived())

describe('RunningStage of a quorum queue', () => {
  it('lets so many acks through that nothing is under way when the last message has come', () => {
    // Prefetch 10 and 15 acks let 25 messages come.
    expect(stage({ takesBack: true }).ackable).toBe(115)
  })

  it('lets no ack through in a stage of exactly its prefetch', () => {
    expect(stage({ takesBack: true, until: 10 }).ackable).toBe(100)
  })

  it('has no end where everything is wanted', () => {
    expect(stage({ takesBack: true, until: Number.POSITIVE_INFINITY }).ackable).toBe(Number.POSITIVE_INFINITY)
  })

  it('ends with the message that was the last one wanted', () => {
    expect(arrivals(stage({ takesBack: true }), 25)).toEqual([...Array(24).fill(false), true])
  })

  it('winds up when what was under way has come, and acks nothing more until then', () => {
    const running = stage({ takesBack: true })
    arrivals(running, 12)
    expect(running.wind(105)).toBe(false)
    expect(running.ackable).toBe(105)
    expect(arrivals(running, 3)).toEqual([false, false, true])
  })

  it('winds up at once where nothing is under way', () => {
    const running = stage({ takesBack: true })
    arrivals(running, 15)
    expect(running.wind(105)).toBe(true)
  })
})

describe('RunningStage of a classic queue', () => {
  it('acks everything and ends at once: what is under way at a cancel still comes', () => {
    const running = stage({ takesBack: false })
    expect(running.ackable).toBe(Number.POSITIVE_INFINITY)
    expect(running.wind(0)).toBe(true)
  })
})

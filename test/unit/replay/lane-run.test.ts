import { describe, expect, it } from 'vitest'
import type { RunEvent } from '../../../src/core/event.js'
import { foldAll } from '../../../src/core/fold.js'
import { HoldGate } from '../../../src/core/gate.js'
import { pump } from '../../../src/core/pump.js'
import { Pacer } from '../../../src/core/rate.js'
import { LaneRun, NO_TOTALS } from '../../../src/replay/lane-run.js'
import type { ReplayItem, ReplayLane, ReplayPosition, Unable } from '../../../src/replay/ports.js'
import { aLane, aMessage, counted } from './a-message.js'
import { MemoryLane } from './memory-sink.js'

const START: ReplayPosition = { mark: '0', totals: NO_TOTALS }
const never = new AbortController().signal

type Parts = { source: ReplayLane; sink: MemoryLane; known?: ReplayPosition; maxReplays?: number }

async function runAll({ source, sink, known = START, maxReplays = 3 }: Parts) {
  const parked: Unable<ReplayItem>[] = []
  const run = new LaneRun({
    source,
    sink,
    guard: { run: 'R', provenance: false, maxReplays },
    known,
    pacer: new Pacer(undefined),
    park: async each => void parked.push(each),
  })
  const events: RunEvent[] = []
  const parts = { source: run, sink: run, gate: new HoldGate(), now: () => new Date(0), backoff: async () => undefined }
  for await (const event of pump(parts, { soft: never, hard: never })) events.push(event)
  return { events, parked: parked.map(({ item, reason }) => [item.message.mark, reason]), state: await foldAll(events) }
}

describe('a lane of a replay', () => {
  it('sends page by page, in order, and balances', async () => {
    const sink = new MemoryLane()
    const { state } = await runAll({ source: aLane(8, 5), sink })
    expect(sink.visible).toEqual(['0', '1', '2', '3', '4', '5', '6', '7'])
    expect(sink.sends).toEqual([3, 3, 2])
    expect(state.ledger).toEqual({ read: 8n, written: 8n, parked: 0n, dropped: 0n })
    expect(state.lanes.get('0')).toMatchObject({ mark: '8', finished: true, bytes: 80n })
  })

  it('begins again behind what the target has, after a fault', async () => {
    const sink = new MemoryLane([2])
    const source = aLane(8, 5)
    const { state } = await runAll({ source, sink })
    expect(sink.visible).toEqual(['0', '1', '2', '3', '4', '5', '6', '7'])
    expect(source.reads).toEqual(['0', '3'])
    expect(state.ledger.read).toBe(8n)
  })

  it('takes over what the target has beyond the journal, and sends none of it again', async () => {
    const totals = { ...NO_TOTALS, read: 6n, written: 5n, parked: 1n, bytes: 60n, skipped: 2n }
    const sink = new MemoryLane([], { mark: '6', totals })
    const known = { mark: '3', totals: { ...NO_TOTALS, read: 3n, written: 3n, bytes: 30n } }
    const { events, state } = await runAll({ source: aLane(8, 5), sink, known })
    expect(sink.visible).toEqual(['6', '7'])
    expect(events[1]).toMatchObject({
      type: 'settled',
      mark: '6',
      counts: { read: 3n, written: 2n, parked: 1n },
      skipped: 2n,
    })
    expect([state.ledger.read, state.skipped]).toEqual([5n, 2n])
  })

  it('parks what its source cannot send, with why', async () => {
    const source = aLane(3, 3)
    const read: ReplayLane['read'] = async function* (from, soft) {
      for await (const chunk of source.read(from, soft)) {
        const items = chunk.items.map(item => (item.next === '2' ? { ...item, unable: 'nobody knows where to' } : item))
        yield { ...chunk, items }
      }
    }
    const sink = new MemoryLane()
    const { parked, state } = await runAll({ source: { ...source, read }, sink })
    expect(sink.visible).toEqual(['0', '2'])
    expect(parked).toEqual([['1', 'nobody knows where to']])
    expect(state.ledger).toMatchObject({ read: 3n, written: 2n, parked: 1n })
  })

  it('refuses a target that is behind the journal', async () => {
    const sink = new MemoryLane([], { mark: '1', totals: { ...NO_TOTALS, read: 1n } })
    const known = { mark: '3', totals: { ...NO_TOTALS, read: 3n } }
    await expect(runAll({ source: aLane(8, 5), sink, known })).rejects.toMatchObject({ code: 'foreign-commit' })
  })

  it('parks what the target can never take, what names no place, and what comes back again and again', async () => {
    const messages = [
      aMessage(0),
      aMessage(1, { value: Buffer.from('poison') }),
      aMessage(2, { headers: [counted('1')] }),
      aMessage(3, { headers: [counted('2')] }),
    ]
    const items = messages.map((message, at) => ({
      message,
      next: String(at + 1),
      ...(at === 0 ? { unable: 'nowhere' } : {}),
    }))
    const source = {
      ...aLane(4, 4),
      async *read() {
        yield { items, next: '4', skipped: 0 }
      },
    }
    const sink = new MemoryLane()
    const { parked, state } = await runAll({ source, sink, maxReplays: 2 })
    expect(parked).toEqual([
      ['0', 'nowhere'],
      ['1', 'it is poison'],
      ['3', expect.stringContaining('replayed 2 times already')],
    ])
    expect(sink.visible).toEqual(['2'])
    expect(state.ledger).toEqual({ read: 4n, written: 1n, parked: 3n, dropped: 0n })
  })

  it('is not done where it held less than it was said to', async () => {
    const source = { ...aLane(4, 4), messages: 5n }
    await expect(runAll({ source, sink: new MemoryLane() })).rejects.toMatchObject({ code: 'archive-damaged' })
  })

  it('of which all is settled reads nothing', async () => {
    const source = aLane(4, 4)
    const { state } = await runAll({
      source,
      sink: new MemoryLane(),
      known: { mark: '4', totals: { ...NO_TOTALS, read: 4n } },
    })
    expect(source.reads).toEqual([])
    expect(state.lanes.get('0')?.finished).toBe(true)
  })
})

import { describe, expect, it } from 'vitest'
import type { QueueCounts } from '../../../../src/brokers/rabbitmq/admin/passive-declare.js'
import type { Answer } from '../../../../src/brokers/rabbitmq/management.js'
import { watchLeader } from '../../../../src/brokers/rabbitmq/watch-leader.js'

const NOTHING: QueueCounts = { messages: 0, consumers: 0 }
const HERE: QueueCounts = { messages: 5, consumers: 1 }
const AWAY: Answer = { ok: false, why: 'nothing listens there' }
const led = (leader: string | null): Answer => ({ ok: true, value: { type: 'quorum', leader, members: ['a', 'b'] } })

type Look = { readonly seen: QueueCounts | undefined; readonly answer?: Answer; readonly consuming?: boolean }

/** What the gate is told at each of some looks. */
async function told(looks: readonly Look[], queueType: 'classic' | 'quorum' = 'quorum'): Promise<string[]> {
  const over = new AbortController()
  const all: string[] = []
  let at = -1
  const now = () => looks[Math.min(at, looks.length - 1)]
  const watching = {
    ...{ vhost: '/', queue: 'q', queueType, everyMs: 1 },
    look: async () => {
      if (++at >= looks.length) over.abort()
      const { seen } = now() ?? {}
      if (seen === undefined) throw new Error('the connection is lost')
      return seen
    },
    consuming: () => now()?.consuming ?? true,
    management: { url: '', get: async () => now()?.answer ?? AWAY },
    gate: {
      hold: (reason: string, until: string) => all.push(`${at} held until ${until}: ${reason}`) > 0,
      release: (reason: string, by: string) => all.push(`${at} ${by}: ${reason}`) > 0,
    },
  }
  await watchLeader(watching, over.signal)
  return all
}

describe('the watch over the leader of a quorum queue', () => {
  it('holds at once where the management API knows of none, and lifts that when there is one', async () => {
    const words = 'queue q has no leader: its members (a, b) have to elect one'
    const seen = await told([
      { seen: HERE },
      { seen: NOTHING, answer: led(null) },
      { seen: NOTHING, answer: led('') },
      { seen: HERE },
    ])
    expect(seen).toEqual([`1 held until clears: ${words}`, `3 cleared: ${words}`])
  })

  it('holds after three looks that do not count its own consumer', async () => {
    const silent = { seen: NOTHING, answer: led('a') }
    const seen = await told([silent, silent, { seen: NOTHING }, silent, { seen: HERE }])
    expect(seen.map(line => line.slice(0, 32))).toEqual([
      '2 held until clears: queue q has',
      '4 cleared: queue q has no leader',
    ])
  })

  it('takes an empty queue for one, and leaves a lost connection to others', async () => {
    const idle = { seen: NOTHING, answer: led('a'), consuming: false }
    expect(await told([idle, idle, idle, idle])).toEqual([])
    expect(await told([{ seen: NOTHING, answer: led(null) }, { seen: undefined }, { seen: undefined }])).toHaveLength(2)
    expect(await told([{ seen: NOTHING, answer: led(null) }], 'classic')).toEqual([])
  })
})

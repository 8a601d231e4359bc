import { describe, expect, it } from 'vitest'
import type { Envelope } from '../../../src/core/envelope.js'
import type { Counts, RunEvent } from '../../../src/core/event.js'
import { foldRun, NOTHING_YET } from '../../../src/core/fold.js'
import type { KafkaPlan } from '../../../src/core/plan.js'
import { toEnvelope } from '../../../src/core/to-envelope.js'
import { balanceSheet } from '../../../src/report/balance-sheet.js'
import { commandsText } from '../../../src/report/commands-text.js'
import { runsTable } from '../../../src/report/runs-table.js'
import { statusText } from '../../../src/report/status-text.js'
import { timeline } from '../../../src/report/timeline.js'

const at = (second: number): string => new Date(Date.parse('2026-11-21T01:00:00Z') + second * 1000).toISOString()
const counts: Counts = {
  ...{ read: 1_234_567n, written: 1_234_560n, parked: 5n, dropped: 2n },
  ...{ holes: 11n, markers: 12n, aborted: 13n, bytes: 5_000_000_000n },
}
const EVENTS: readonly RunEvent[] = [
  { type: 'started', at: at(0), host: 'ops-1', pid: 7, resumed: false },
  { type: 'opened', at: at(0), lane: '10', from: '900000000', to: '901234603' },
  { type: 'opened', at: at(0), lane: '9', from: '0', to: '5' },
  { type: 'settled', at: at(2), lane: '10', mark: '901234603', counts },
  {
    type: 'settled',
    at: at(3),
    lane: '10',
    mark: '901234603',
    counts: { ...counts, read: 0n, written: 0n, parked: 0n, dropped: 0n },
  },
  { type: 'finished', at: at(3), lane: '10', mark: '901234603' },
  { type: 'held', at: at(4), reason: 'member seen: consumer-1 on 10.0.0.5', until: 'operator' },
  { type: 'released', at: at(64), reason: 'member seen: consumer-1 on 10.0.0.5', by: 'ann' },
  {
    type: 'lost',
    at: at(65),
    lane: '9',
    from: '0',
    to: '3',
    why: 'retention removed the head of the log while the run was reading it',
  },
  { type: 'doubted', at: at(66), lane: '9', from: '3', to: '5', why: 'foreign commit', messages: 2n },
  { type: 'warned', at: at(67), message: 'the offsets of this group expire in two days' },
  { type: 'steered', at: at(68), what: 'rate=5000/s', by: 'ann' },
  {
    type: 'ended',
    at: at(86_400),
    ending: { kind: 'failed', code: 'x', message: 'a range is lost', hint: 'see report', exitCode: 1 },
  },
]
const PLAN = {
  ...{
    kind: 'drain',
    run: '20261121-0100-k3f9',
    group: "o'brien",
    sourceTopic: 'orders',
    targetTopic: 'orders.spill.r',
  },
  ...{
    source: 'kafka://h:9092,h2:9092/orders?group=g',
    target: 'kafka://h:9092/orders.spill.r',
    guarantee: 'transactions',
  },
  lanes: [
    { lane: '9', from: '0', to: '5', messages: 5n, targets: [9] },
    { lane: '10', from: '900000000', to: '901234603', messages: 1_234_603n, targets: [10] },
  ],
  ...{ warnings: [], refusals: [], targetLanes: 110, replication: 3 },
} as unknown as KafkaPlan
const state = EVENTS.reduce(foldRun, NOTHING_YET)
const envelope: Envelope = toEnvelope(PLAN, state, {
  ...{ alive: false, now: new Date(at(0)), originals: 'keep stopped (1,234,560 unread in lanes)' },
})
const widest = (text: string): number => Math.max(...text.split('\n').map(line => line.length))
// biome-ignore lint/suspicious/noControlCharactersInRegex: no escape sequence is what it looks for
const PLAIN = /^[^\u001b\t\r]*$/

describe('balanceSheet', () => {
  const sheet = balanceSheet(state)

  it('shows each sum, what is no data on lines of its own, and that it balances', () => {
    expect(sheet).toMatch(/read from the source +1,234,567\n= written .* 1,234,560\n\+ parked .* 5\n\+ dropped .* 2\n/)
    expect(sheet).toContain('BALANCED: read = written + parked + dropped')
    expect(sheet).toMatch(/holes .* 22\n.*markers .* 24\n.*aborted .* 26/)
    expect(sheet).toContain('There twice at most: 2')
    expect(sheet).toContain('LOST: lane 9, 0 up to 3')
  })

  it('lists lanes in natural order', () => {
    expect(
      sheet
        .split('\n')
        .slice(-2)
        .map(line => line.trim().split(/\s+/)[0]),
    ).toEqual(['9', '10'])
  })

  it('says how many are missing where it does not balance', () => {
    const short = foldRun(state, {
      type: 'settled',
      at: at(5),
      lane: '9',
      mark: '5',
      counts: { ...counts, written: 0n },
    })
    expect(balanceSheet(short)).toContain('NOT BALANCED: 1,234,560 unaccounted for')
  })

  it('is plain text of 80 columns', () => {
    expect(widest(sheet)).toBeLessThanOrEqual(80)
    expect(sheet).toMatch(PLAIN)
  })

  it('can be made of a run that has not begun', () => {
    expect(balanceSheet(NOTHING_YET)).toContain('BALANCED')
  })
})

describe('timeline', () => {
  it('tells what happened in order, batches summed up, the date where it changes', async () => {
    const text = await timeline(EVENTS)
    expect(text.split('\n').slice(0, 4)).toEqual([
      '2026-11-21 (UTC)',
      '  01:00:00  started by process 7 on ops-1',
      '  01:00:03  settled 1,234,567 messages in 2 batches',
      '  01:00:04  held: member seen: consumer-1 on 10.0.0.5 (waits for',
    ])
    expect(text).toContain('2026-11-22 (UTC)\n  01:00:00  failed: a range is lost')
    expect(widest(text)).toBeLessThanOrEqual(80)
    expect(text).toMatch(PLAIN)
  })
})

describe('timeline of holds that come again', () => {
  it('tells each of them once', async () => {
    const held = (second: number): RunEvent => ({ type: 'held', at: at(second), reason: '429', until: 'clears' })
    const released = (second: number): RunEvent => ({ type: 'released', at: at(second), reason: '429', by: 'cleared' })
    const batch = EVENTS.find(({ type }) => type === 'settled') as RunEvent
    const events = [held(1), released(2), batch, held(3), released(4), held(5), released(6), batch]
    const [, ...lines] = (await timeline(events)).split('\n')
    const settled = expect.stringMatching(/^settled .* in 1 batches$/)
    expect(lines.map(line => line.slice(12))).toEqual(['held: 429', settled, 'went on: 429 (cleared)', settled])
  })
})

describe('statusText', () => {
  it('fits one screen, with state, originals, error and what to do next', () => {
    const text = statusText(envelope)
    expect(text.split('\n')[0]).toBe('RUN 20261121-0100-k3f9  FAILED')
    expect(text).toContain('ORIGINALS: keep stopped (1,234,560 unread in lanes)')
    expect(text).toMatch(/error {2}a range is lost\n +next +see report/)
    expect(text).toContain('held  member seen')
    expect(widest(text)).toBeLessThanOrEqual(80)
    expect(text).toMatch(PLAIN)
  })
})

describe('runsTable', () => {
  it('has a line a run and fits 80 columns', () => {
    const killed = { ...envelope, state: 'stopped', reason: 'killed', source: `kafka://h/${'x'.repeat(90)}` } as const
    const lines = runsTable([envelope, killed]).split('\n')
    expect(lines).toHaveLength(3)
    expect(lines[1]).toMatch(/^20261121-0100-k3f9 {2}drain {2}failed +1,234,567 {2}yes +orders\?group=g$/)
    expect(lines[2]).toContain('stopped (killed)')
    expect(Math.max(...lines.map(line => line.length))).toBeLessThanOrEqual(80)
  })

  it('says so where there are none', () => {
    expect(runsTable([])).toContain('No runs')
  })
})

describe('commandsText', () => {
  const text = commandsText(PLAN)
  const commands = text.split('\n').filter(line => line !== '' && !line.startsWith('#'))

  it('fills in brokers, topics, group and offsets, quoted for a shell', () => {
    expect(commands[0]).toBe(
      "kafka-consumer-groups.sh --bootstrap-server h:9092,h2:9092 --describe --offsets --group 'o'\\''brien'",
    )
    expect(text).toContain('CURRENT-OFFSET is 9:5 10:901234603')
    expect(text).toContain(
      "kcat -b h:9092,h2:9092 -C -t orders -p 9 -o 0 -e -q -X isolation.level=read_committed -f '%o\\n'",
    )
    expect(text).toContain('--topic orders.spill.r --from-beginning --isolation-level read_committed')
  })

  it('names only tools that look, and explains in comments of 80 columns', () => {
    for (const command of commands) {
      expect(command).toMatch(
        /^(kafka-(consumer-groups|topics|get-offsets|console-consumer|configs|transactions)\.sh|kcat) /,
      )
      expect(command).not.toMatch(/--(delete|create|alter|reset-offsets|execute)\b/)
    }
    const comments = text.split('\n').filter(line => line.startsWith('#'))
    expect(widest(comments.join('\n'))).toBeLessThanOrEqual(80)
  })

  it('leaves transactions out for a counting run', () => {
    expect(commandsText({ ...PLAN, guarantee: 'counting' })).not.toContain('kafka-transactions.sh')
  })
})

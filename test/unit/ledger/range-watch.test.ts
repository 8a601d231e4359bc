import { describe, expect, it } from 'vitest'
import type { RunEvent } from '../../../src/core/event.js'
import { RangeWatch } from '../../../src/ledger/range-watch.js'

const AT = '2026-11-21T01:00:00.000Z'
const counts = { read: 0n, written: 0n, parked: 0n, dropped: 0n, holes: 0n, markers: 0n, aborted: 0n, bytes: 0n }
const opened = (from: string): RunEvent => ({ type: 'opened', at: AT, lane: '3', from, to: '1000' })
const settled = (mark: string, lane = '3', at = AT): RunEvent => ({ type: 'settled', at, lane, mark, counts })

const hitsOf = (offset: bigint, events: readonly RunEvent[], from?: string) => {
  const watch = new RangeWatch({ lane: '3', offset, from })
  for (const event of events) watch.see(event)
  return watch.hits
}

describe('RangeWatch', () => {
  it('finds the range from one mark to the next, half-open', () => {
    const events = [opened('10'), settled('20'), settled('30')]
    expect(hitsOf(19n, events)).toMatchObject([{ kind: 'settled', from: 10n, to: 20n }])
    expect(hitsOf(20n, events)).toMatchObject([{ from: 20n, to: 30n }])
    expect(hitsOf(30n, events)).toEqual([])
    expect(hitsOf(9n, events)).toEqual([])
  })

  it('looks at its own lane only', () => {
    expect(hitsOf(5n, [opened('0'), settled('10', '4')])).toEqual([])
  })

  it('counts what a killed execution settled without journalling it to the range that the next one recovers', () => {
    const events = [opened('0'), settled('10'), opened('25'), settled('25'), settled('40')]
    expect(hitsOf(12n, events)).toMatchObject([{ from: 10n, to: 25n }])
    expect(hitsOf(26n, events)).toMatchObject([{ from: 25n, to: 40n }])
  })

  it('counts what the first execution settled and never journalled from where the plan begins', () => {
    expect(hitsOf(3n, [opened('25'), settled('25')], '0')).toMatchObject([{ from: 0n, to: 25n }])
  })

  it('takes a gap between executions that nobody settled for no range', () => {
    expect(hitsOf(15n, [opened('0'), settled('10'), opened('20'), settled('30')])).toEqual([])
  })

  it('tells of ranges that are lost or in doubt, with why', () => {
    const range = { at: AT, lane: '3', from: '5', to: '9', why: 'retention' }
    expect(hitsOf(5n, [{ type: 'lost', ...range }])).toMatchObject([{ kind: 'lost', why: 'retention' }])
    expect(hitsOf(9n, [{ type: 'lost', ...range }])).toEqual([])
    expect(hitsOf(8n, [{ type: 'doubted', messages: 4n, ...range }])).toMatchObject([{ kind: 'doubted' }])
  })
})

import { describe, expect, it } from 'vitest'
import type { KafkaPlan } from '../../../src/core/plan.js'
import { planDrain } from '../../../src/drain/plan.js'
import { describePlan } from '../../../src/report/plan-text.js'
import { drainCommand } from '../../../src/report/plan-text-command.js'
import { instant } from '../../../src/report/plan-text-instant.js'
import { aLane, aSurvey, someOptions } from '../drain/a-survey.js'

const lanes = [aLane(0, { growth: 20, firstLoss: { seconds: 7200, by: 'time' } }), aLane(1), aLane(2)]
const aPlan = (options = {}, given: Parameters<typeof aSurvey>[0] = {}): KafkaPlan =>
  planDrain(aSurvey({ lanes, ...given }), someOptions(options))
const text = (plan: KafkaPlan, zone = 'Europe/Berlin') => describePlan(plan, { zone })
const flat = (plan: KafkaPlan) => text(plan).replace(/\s+/g, ' ')
const isCommand = (line: string) => /^( {2})?(spillway drain|kubectl|systemctl|docker)/.test(line)

describe('a plan as text', () => {
  it('opens with what will happen, how long, and the originals', () => {
    const [head = '', opening = ''] = text(aPlan()).split('\n\n')
    expect(head).toBe('PLAN 20261121-1200-k3f9, drawn 2026-11-21 12:00 UTC (13:00 Europe/Berlin)')
    expect(opening.replace(/\s+/g, ' ')).toContain(
      'Copy 3,000 messages (about 2.9 MiB), the backlog of billing on orders, into the temporary topic orders.spill.20261121-1200-k3f9 with 30 lanes (3 partitions x 10), exactly once, in key order.',
    )
    expect(opening).toMatch(/Takes +1 s to 5\.1 s for the copy/)
    expect(opening).toContain('ORIGINALS: keep stopped (3000 unread in lanes)')
  })

  it('keeps to 80 columns, but for commands, which stay whole', () => {
    const long = aPlan(
      { first: 5, rate: { bytes: 1e6 } },
      { topic: { offline: ['1'] }, otherTopics: Array(30).fill('another-topic') },
    )
    for (const line of text(long).split('\n')) if (!isCommand(line)) expect(line.length, line).toBeLessThanOrEqual(80)
  })

  it('has no colour codes, no bare offsets of time, and ends in one newline', () => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what must not be there
    expect(text(aPlan())).not.toMatch(/\u001b/)
    expect(text(aPlan())).toMatch(/[^\n]\n$/)
  })

  it('gives the end of the undo in both zones, in the summary and at its step', () => {
    expect(flat(aPlan()).match(/2026-11-21 14:00 UTC \(15:00 Europe\/Berlin\)/g)).toHaveLength(2)
  })

  it('says what piles up meanwhile', () => {
    expect(flat(aPlan())).toContain('20/s arrive: about 101 messages pile up in orders')
  })

  it('numbers the steps, each with its undo', () => {
    const shown = text(aPlan())
    expect(shown).toContain('  1. You stop the consumers of billing')
    expect(shown).toContain('     undo: spillway restore 20261121-1200-k3f9 --undo --no-groupless-readers\n')
  })

  it('says plainly that there is nothing to copy', () => {
    const plan = aPlan({}, { lanes: [aLane(0, { committed: '1500' })] })
    expect(flat(plan)).toContain('Nothing to copy: billing has read orders to its end.')
    expect(text(plan)).toContain('ORIGINALS: may start')
  })

  it('shows the canary', () => {
    expect(flat(aPlan({ first: 100 }))).toContain('but stop after the first 100 (canary)')
    expect(text(aPlan({ first: 100 }))).toContain('ORIGINALS: keep stopped (100 unread in lanes)')
  })

  it('reads the same after the plan was saved', () => {
    const plan = aPlan()
    expect(describePlan(structuredClone(plan), { zone: 'UTC' })).toBe(describePlan(plan, { zone: 'UTC' }))
  })
})

describe('the last line', () => {
  it('is the exact command', () => {
    expect(text(aPlan()).trimEnd().split('\n').at(-1)).toBe(
      "spillway drain 'kafka://one:9092/orders?group=billing' --factor 10 --execute",
    )
  })

  it('is the command that the caller names', () => {
    expect(
      describePlan(aPlan(), { command: 'spillway apply plan.json' })
        .trimEnd()
        .endsWith('spillway apply plan.json --execute'),
    ).toBe(true)
  })

  it('says that --execute would refuse, after the reasons in full', () => {
    const plan = aPlan({}, { topic: { offline: ['1', '2'] } })
    const shown = text(plan)
    expect(shown).toContain('!!! REFUSED: --execute would do nothing now, for 2 reasons')
    expect(shown).toContain('!!! 1. partition 1: It has no leader')
    expect(shown.indexOf('!!!')).toBeLessThan(shown.indexOf('WARNINGS'))
    expect(shown.trimEnd().split('\n').at(-1)).toBe('--execute would refuse now: 2 reasons, see above.')
  })

  it('repeats every choice', () => {
    const plan = aPlan({
      factor: 4,
      order: 'none',
      until: 'caught-up',
      guarantee: 'counting',
      compress: 'lz4',
      first: 7,
      rate: { messages: 500 },
      consumersStopped: true,
      cutOver: 'fresh-first',
      lanesGroup: 'the fast ones',
      maxDriftPercent: 50,
    })
    expect(drainCommand(plan)).toBe(
      "spillway drain 'kafka://one:9092/orders?group=billing' --factor 4 --order none --until caught-up --first 7 --exactly-once counting --compress lz4 --cut-over fresh-first --consumers-stopped --max-drift 50% --rate 500 --group 'the fast ones'",
    )
  })
})

describe('an instant', () => {
  it('is in UTC alone where that is the zone', () => {
    expect(instant('2026-01-02T03:04:05Z', 'UTC')).toBe('2026-01-02 03:04 UTC')
  })

  it('has the date of the other zone where it differs', () => {
    expect(instant('2026-01-02T23:30:00Z', 'Asia/Tokyo')).toBe('2026-01-02 23:30 UTC (2026-01-03 08:30 Asia/Tokyo)')
  })
})

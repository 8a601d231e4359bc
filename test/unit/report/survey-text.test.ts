import { describe, expect, it } from 'vitest'
import type { Survey } from '../../../src/core/survey.js'
import { waysOut } from '../../../src/drain/ways-out.js'
import { surveyText } from '../../../src/report/survey-text.js'
import { cheapestWay } from '../../../src/report/survey-text-answer.js'
import { lanesText } from '../../../src/report/survey-text-lanes.js'
import { surveyLine } from '../../../src/report/survey-text-line.js'
import { backlog, live, skewed } from '../drain/ways-out-fixture.js'

const survey = (shape: Parameters<typeof backlog>[0] = live, more: Partial<Survey> = {}): Survey => {
  const measured = { ...backlog(shape), ...more }
  return { ...measured, waysOut: waysOut(measured) }
}
const head = (text: string, label: string): string =>
  text
    .slice(text.indexOf(`\n${label}`) + 1)
    .split('\n')
    .slice(0, 2)
    .join(' ')
    .replace(/\s+/g, ' ')

describe('surveyText', () => {
  it('answers first: how much, since when, first loss, group, rates, the way out with its command', () => {
    const lines = surveyText(survey()).split('\n')
    expect(lines.slice(1, 7).map(line => line.split(' ')[0])).toEqual([
      'BACKLOG',
      'SINCE',
      'LOSS',
      'GROUP',
      'RATES',
      'WAY',
    ])
    expect(lines[7]).toBe("           spillway survey 'kafka://b:9092/orders?group=g' --watch")
  })

  it('keeps to 80 columns but for commands', () => {
    const warnings = ['a warning that goes on '.repeat(10).trim()]
    const text = surveyText(survey({ ...live, service: 2500 }, { skew: skewed(0.3), warnings }))
    const wide = text.split('\n').filter(line => line.length > 80 && !line.includes('spillway '))
    expect(wide).toEqual([])
  })

  it('says of each command whether its verb is there', () => {
    const lines = surveyText(survey()).split('\n')
    const commands = lines.filter(line => line.startsWith('   $ spillway '))
    expect(commands.map(line => [line.split(' ')[5], line.endsWith('  # comes with a later version')])).toEqual(
      expect.arrayContaining([
        ['survey', false],
        ['drain', false],
        ['fanout', false],
        ['discard', false],
      ]),
    )
  })

  it('shows an upper bound as one, and what is lost already', () => {
    const text = surveyText(survey(live, { total: { ...backlog().total, lagIsUpperBound: true, lostAlready: 12n } }))
    expect(head(text, 'BACKLOG')).toContain('10,000,000 unread at most')
    expect(head(text, 'LOSS')).toContain('12 ALREADY DELETED UNREAD')
  })

  it('says when the first loss may come, or that it may come now', () => {
    expect(head(surveyText(survey({ ...live, firstLossSeconds: 9000 })), 'LOSS')).toContain(
      'earliest in 2 h 30 min (2026-03-01 04:30:00 UTC) if nothing is read',
    )
    expect(head(surveyText(survey({ ...live, firstLossSeconds: 0 })), 'LOSS')).toContain('AT ANY MOMENT')
  })

  it('tells an unknown loss from none', () => {
    const { topic } = backlog()
    const loss = (settings: Record<string, string>) =>
      head(surveyText(survey(live, { topic: { ...topic, settings } })), 'LOSS')
    expect(loss({})).toContain("settings can't be read")
    expect(loss({ 'retention.ms': '1000' })).toContain('no unread record tells its age')
    expect(loss({ 'retention.ms': '-1' })).toContain('no retention rule deletes')
  })

  it('does not call a group stopped whose offsets move or whose consumers never show', () => {
    const idle = { ...live, service: 0, verdict: 'idle' as const }
    expect(head(surveyText(survey(idle)), 'GROUP')).toContain('stopped: Empty')
    expect(head(surveyText(survey(idle, { movesWithoutMembers: ['1'] })), 'GROUP')).toContain('NOT STOPPED')
    const assigned = { ...backlog(idle).group, protocolType: '' }
    expect(head(surveyText(survey(idle, { group: assigned })), 'GROUP')).toContain("can't be proved")
  })

  it('asks for the service rate of a stopped group', () => {
    const text = surveyText(survey({ ...live, service: 0, verdict: 'idle' }))
    expect(head(text, 'WAY OUT')).toContain('time unknown without --service-rate N')
  })

  it('offers no way out of nothing', () => {
    const text = surveyText(survey({ ...live, lag: 0n }))
    expect(text).not.toContain('WAY OUT')
    expect(text).toContain('nothing is waiting')
  })
})

describe('cheapestWay', () => {
  it('passes ways that may lose messages or never end, while there is another', () => {
    const shape = { ...live, service: 2500, growth: 2600, firstLossSeconds: 300 }
    expect(cheapestWay(waysOut(backlog(shape)))?.name).toBe('drain')
  })
})

describe('lanesText', () => {
  it('shows the largest lags and sums up the rest', () => {
    const [lane] = backlog().lanes
    if (lane === undefined) throw new Error('no lane')
    const lanes = Array.from({ length: 20 }, (_, i) => ({ ...lane, lane: String(i), lag: BigInt(i * 1000) }))
    const text = lanesText(lanes)
    expect(text[2]).toMatch(/^ +19 +19,000 /)
    expect(text.at(-1)).toBe('… and 8 more with 28,000 unread')
  })
})

describe('surveyLine', () => {
  it('is one line', () => {
    expect(surveyLine(survey())).toBe(
      '2026-03-01 02:00:00 UTC  orders/g: 10,000,000 unread, grows 2,000/s, read 3,000/s, group Stable, 1 members\n',
    )
  })
})

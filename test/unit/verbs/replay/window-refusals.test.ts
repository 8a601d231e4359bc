import { describe, expect, it } from 'vitest'
import { NOTHING_YET } from '../../../../src/core/fold.js'
import type { ReplayFrom, ReplayPlan } from '../../../../src/core/replay-plan.js'
import { type Asked, concerns, gapWarnings, repeatRefusals } from '../../../../src/verbs/replay/window-refusals.js'
import type { ReplayRun } from '../../../../src/verbs/replay/window-runs.js'

const WINDOW = { from: '00:30', to: '05:00', zone: 'UTC', job: 'j1', night: '2026-11-21' }
const day = (date: string) => `2026-11-${date}T00:00:00.000Z`

const rows = (from: string, to: string, more: object = {}): Extract<ReplayFrom, { kind: 'rows' }> => ({
  kind: 'rows',
  address: 'postgres://h:5432/shop',
  user: 'reader',
  rows: { of: { table: 'orders' }, key: 'id', time: 'at', from: day(from), to: day(to) },
  ...more,
})

const asked = (more: Partial<Asked> = {}): Asked => ({
  from: rows('20', '21'),
  target: 'kafka://h:9092/orders',
  window: WINDOW,
  isFixed: false,
  ...more,
})

type How = 'complete' | 'stopped' | 'aborted' | 'failed'

/** A run of the home: what was asked for the night before, unless told. */
function aRun(how: How, more: Partial<ReplayPlan> = {}, written = 5n): ReplayRun {
  const plan = {
    run: `${how}-run`,
    from: rows('19', '20'),
    target: 'kafka://h:9092/orders',
    window: { ...WINDOW, night: '2026-11-20' },
    ...more,
  } as ReplayPlan
  const ending = how === 'aborted' || how === 'stopped' ? { kind: 'stopped', by: how } : { kind: how }
  const state = { ...NOTHING_YET, ledger: { ...NOTHING_YET.ledger, written }, ending: { ...ending, at: day('21') } }
  return { plan, state } as ReplayRun
}
const codes = (runs: readonly ReplayRun[], more?: Partial<Asked>) =>
  repeatRefusals(
    runs.filter(({ plan }) => concerns(plan, asked(more))),
    asked(more),
  ).map(({ code }) => code)

describe('what other runs say against a night', () => {
  it('is nothing where the nights before are done or given up', () =>
    expect(codes([aRun('complete'), aRun('aborted')])).toEqual([]))

  it.each<How>(['stopped', 'failed'])('is that one is not finished: %s', how => {
    expect(codes([aRun('complete'), aRun(how)])).toEqual(['unfinished'])
    expect(repeatRefusals([aRun(how)], asked())[0]?.hint).toContain(`spillway resume ${how}-run`)
  })

  it('is that this night is done', () => {
    const tonight = aRun('complete', { window: WINDOW, from: rows('20', '21') })
    expect(codes([tonight])).toEqual(['night-done'])
  })

  it('is that all is sent, where nothing new comes', () => {
    expect(codes([aRun('complete')], { isFixed: true })).toEqual(['all-done'])
    expect(codes([aRun('stopped')], { isFixed: true })).toEqual(['unfinished'])
  })

  it('is nothing where the run is of another job', () =>
    expect(codes([aRun('stopped', { window: { ...WINDOW, job: 'j2' } })])).toEqual([]))
})

describe('what other runs say against sending rows', () => {
  const plain = { from: rows('20', '21'), window: undefined }
  const other = (how: How, from: ReplayFrom, more: Partial<ReplayPlan> = {}, written = 5n) => {
    const { window: _none, ...plan } = aRun(how, { from, ...more }, written).plan
    return { ...aRun(how, { from, ...more }, written), plan } as ReplayRun
  }

  it('is that the same have gone to the same place, wherever ranges overlap', () => {
    expect(codes([other('complete', rows('19', '21'))], plain)).toEqual(['overlap'])
    expect(codes([other('aborted', rows('20', '22'))], plain)).toEqual(['overlap'])
    // Half-open: they only touch.
    expect(codes([other('complete', rows('19', '20')), other('complete', rows('21', '22'))], plain)).toEqual([])
  })

  it('is nothing for other rows, another place, or what never went', () => {
    const elsewhere = other('complete', rows('20', '21'), { target: 'kafka://h:9092/late' })
    const others = other('complete', rows('20', '21', { address: 'postgres://h:5432/other' }))
    const nothing = other('aborted', rows('20', '21'), {}, 0n)
    const chosen = other('complete', rows('20', '21'), { filter: { ids: ['7'] } })
    expect(codes([elsewhere, others, nothing, chosen], plain)).toEqual([])
  })

  it('is nothing for those that were found missing', () => {
    const missing = rows('20', '21', { missing: {} })
    expect(codes([other('complete', rows('20', '21'))], { ...plain, from: missing })).toEqual([])
    expect(codes([other('complete', missing)], plain)).toEqual([])
  })

  it('names the resume of one that is not finished', () => {
    const [refusal] = repeatRefusals([other('stopped', rows('20', '21'))], asked(plain))
    expect(refusal?.message).toContain('is not finished')
    expect(refusal?.hint).toContain('spillway resume stopped-run')
  })
})

describe('rows between two nights', () => {
  it('are told where a night was missed', () => {
    expect(gapWarnings([aRun('complete')], asked())).toEqual([])
    expect(
      gapWarnings(
        [aRun('complete', { from: rows('18', '19') }), aRun('complete', { from: rows('17', '18') })],
        asked(),
      ),
    ).toEqual([
      `No night has sent the rows from ${day('19')} to ${day('20')}: send them with --from ${day('19')} --to-time ${day('20')}`,
    ])
    expect(gapWarnings([], asked())).toEqual([])
  })
})

import { describe, expect, it } from 'vitest'
import { toPrettyJson } from '../../../src/core/canonical-json.js'
import { verifyDrainPlan, verifyPlan } from '../../../src/core/digest.js'
import type { DiscardPlan } from '../../../src/core/discard-plan.js'
import { foldRun, NOTHING_YET } from '../../../src/core/fold.js'
import { planDiscard } from '../../../src/discard/plan.js'
import { describeDiscard, discardQuestion } from '../../../src/report/discard-plan-text.js'
import { originalsInWords } from '../../../src/verbs/run/originals.js'
import { commandsFor } from '../../../src/verbs/run/plan-text.js'
import { aQueueLook, aTopicLook, keepingNothing, RUN, someOptions } from './a-look.js'

const titles = ({ steps }: DiscardPlan) => steps.map(step => step.title).join('\n')
const undos = ({ steps }: DiscardPlan) => steps.map(step => step.undo).join('\n')
const warnings = ({ warnings: all }: DiscardPlan) => all.join('\n')
const text = (plan: DiscardPlan, zone = 'Asia/Shanghai') =>
  describeDiscard(plan, { zone, command: 'spillway discard X' })

describe('planDiscard', () => {
  it('sends to the archive of its run, and counts what goes', () => {
    const plan = planDiscard(aTopicLook(), someOptions())
    expect(plan).toMatchObject({ kind: 'discard', target: `archive:${RUN}`, confirm: 'orders', refusals: [] })
    expect(plan.expect).toMatchObject({ messages: 3000n, bytes: 3_000_000n, freesBytes: 0n })
    expect(plan.archive?.needBytes).toBeGreaterThan(3_000_000n)
  })

  it('goes nowhere without an archive, and says first that nothing is kept', () => {
    const plan = planDiscard(aTopicLook(), keepingNothing())
    expect(plan.target).toBe('nowhere')
    expect(plan.warnings[0]).toContain('Nothing is kept')
    expect(warnings(plan)).toContain('counts offsets: an upper bound')
    expect(undos(plan)).not.toContain('replay')
  })

  it('wants the cluster in front of the name where that is production', () => {
    const named = { source: 'prod/orders?group=billing', production: true }
    expect(planDiscard(aTopicLook(named), someOptions()).confirm).toBe('prod/orders')
    expect(planDiscard(aTopicLook({ ...named, production: false }), someOptions()).confirm).toBe('orders')
  })

  it('is a plan that can be kept: the same JSON, the same digest, its bigints back', () => {
    const plan = planDiscard(aTopicLook(), someOptions({ maxMessages: 5, rate: { messages: 9 } }))
    expect(verifyPlan(toPrettyJson(plan))).toEqual(plan)
    expect(() => verifyPlan({ ...JSON.parse(toPrettyJson(plan)), confirm: 'x' })).toThrow('edited')
  })

  it('is none that a verb for drains takes, and the hint names the replay', () => {
    const given = toPrettyJson(planDiscard(aTopicLook(), someOptions()))
    const hint = expect.stringContaining(`spillway replay archive:${RUN} --to kafka://one:9092/orders`)
    expect(() => verifyDrainPlan(given)).toThrow(expect.objectContaining({ code: 'not-a-drain', exitCode: 2, hint }))
  })

  it('carries refusals in words', () => {
    expect(planDiscard(aTopicLook(), someOptions(), ['no room. Make some.']).refusals).toEqual(['no room. Make some.'])
  })
})

describe('the steps of a discard', () => {
  it('of offsets: kept and synced first, and set back while the records are there', () => {
    const plan = planDiscard(aTopicLook(), someOptions())
    expect(titles(plan)).toMatch(/Claim billing[\s\S]*sync that before[\s\S]*Move the offsets[\s\S]*Seal the archive/)
    expect(undos(plan)).toContain('--reset-offsets')
  })

  it('of records that are deleted: the way back is the replay', () => {
    const frees = { bytes: 5n, words: 'frees 5 B on broker 1' }
    const plan = planDiscard(aTopicLook({ frees }), someOptions({ how: 'delete-records' }))
    expect(titles(plan)).toContain('DeleteRecords')
    expect(undos(plan)).toContain(`spillway replay archive:${RUN}`)
    expect(plan.expect).toMatchObject({ freesBytes: 5n, frees: 'frees 5 B on broker 1' })
    expect(warnings(plan)).toContain('from every group')
  })

  it('of a queue: locked, consumed and acked; or purged', () => {
    expect(titles(planDiscard(aQueueLook(), someOptions({ how: 'ack' })))).toMatch(/Lock orders[\s\S]*and ack them/)
    const purge = planDiscard(aQueueLook(), keepingNothing({ how: 'purge' }))
    expect(titles(purge)).toContain('Purge orders')
    expect(undos(purge)).toContain('no undo: what is gone is gone')
  })
})

describe('the warnings of a discard', () => {
  const older = { kind: 'older-than', before: '2026-11-21T11:00:00.000Z', age: '2h' } as const

  it('say where a prefix by age ends', () => {
    expect(warnings(planDiscard(aTopicLook(), someOptions({ scope: older })))).toContain(
      'first record that is not older',
    )
    expect(warnings(planDiscard(aQueueLook(), someOptions({ scope: older, how: 'ack' })))).toContain(
      'timestamp property',
    )
  })

  it('tell of a time that is still to come', () => {
    const scope = { kind: 'until', before: '2026-12-24T00:00:00.000Z' } as const
    expect(warnings(planDiscard(aTopicLook(), someOptions({ scope })))).toContain('still to come')
  })

  it('tell of a forecast that is none', () => {
    expect(warnings(planDiscard(aQueueLook(), someOptions({ how: 'ack' })))).toContain('no forecast')
    expect(warnings(planDiscard(aTopicLook(), someOptions()))).not.toContain('no forecast')
  })
})

describe('the text of a discard', () => {
  it('tells the age of the oldest and the newest in two zones', () => {
    const shown = text(planDiscard(aTopicLook(), someOptions()))
    expect(shown).toContain('Oldest     2026-11-20 12:30 UTC (20:30 Asia/Shanghai), 1 d 1 h ago')
    expect(shown).toContain('Newest     2026-11-21 12:59 UTC (20:59 Asia/Shanghai), 60 s ago')
  })

  it('asks with the same count and times', () => {
    expect(discardQuestion(planDiscard(aTopicLook(), someOptions()), 'UTC')).toBe(
      'Let 3,000 messages of orders go, of 2026-11-20 12:30 UTC to 2026-11-21 12:59 UTC?',
    )
    expect(
      discardQuestion(planDiscard(aQueueLook({ messagesIsUpperBound: true }), keepingNothing({ how: 'purge' }))),
    ).toBe('Let up to 10 messages of orders go, keeping none of them?')
  })

  it('says that an age is unknown where one lane does not tell it', () => {
    expect(text(planDiscard(aQueueLook(), someOptions({ how: 'ack' })))).toContain('Oldest     unknown')
  })

  it('says that moved offsets free nothing, whom else it touches, and lane by lane what goes', () => {
    const shown = text(planDiscard(aTopicLook(), someOptions()))
    expect(shown).toContain('frees 0 bytes')
    expect(shown).toContain('- group audit: loses 40 messages')
    expect(shown).toMatch(/^0 +500 +1500 +1,000$/m)
    expect(shown).toContain('spillway discard X --execute')
  })

  it('keeps to 80 columns', () => {
    const shown = text(planDiscard(aTopicLook(), keepingNothing({ how: 'delete-records' }), ['why '.repeat(40).trim()]))
    expect(shown.split('\n').filter(line => line.length > 80 && !line.includes('spillway '))).toEqual([])
  })

  it('says that there is nothing', () => {
    const lanes = [{ lane: '0', from: '7', to: '7', messages: 0n }]
    expect(text(planDiscard(aTopicLook({ lanes }), someOptions()))).toContain('Nothing to let go of orders')
  })
})

describe('a run of a discard', () => {
  const plan = planDiscard(aTopicLook(), someOptions())
  const at = '2026-11-21T13:00:01Z'

  it('keeps the originals stopped until it is complete', () => {
    expect(originalsInWords(plan, NOTHING_YET)).toBe('keep stopped (3000 unread in lanes)')
    const ended = foldRun(NOTHING_YET, { type: 'ended', at, ending: { kind: 'complete' } })
    expect(originalsInWords(plan, ended)).toBe('may start')
  })

  it('names commands of other tools that confirm it', () => {
    expect(commandsFor(plan)).toContain('kafka-dump-log.sh')
    expect(commandsFor(planDiscard(aQueueLook(), someOptions({ how: 'ack' })))).toContain('rabbitmqctl')
  })
})

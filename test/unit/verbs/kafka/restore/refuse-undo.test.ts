import { describe, expect, it } from 'vitest'
import type { LaneStanding } from '../../../../../src/brokers/kafka/restore/look-at-source.js'
import { refusalsOfUndo } from '../../../../../src/verbs/kafka/restore/refuse-undo.js'
import { AN_IDLE_GROUP, COMPLETE, LEFT, PLAN, someFacts } from './some-facts.js'

const source = (given: Partial<LaneStanding>, group = AN_IDLE_GROUP) => {
  const [first, ...rest] = LEFT
  if (first === undefined) throw new Error('no lanes')
  return { group, topicId: PLAN.sourceTopicId, lanes: [{ ...first, ...given }, ...rest] }
}
const unclaimed = (given: Partial<LaneStanding>) => {
  const { lanes, ...rest } = source(given)
  const [{ claimedBy: _, ...first } = lanes[0] as LaneStanding, ...others] = lanes
  return { ...rest, lanes: [first as LaneStanding, ...others] }
}
const lanes = (given: object) => ({ ...someFacts().lanes, ...given })
const aGroup = { id: 'others', lanes: 0, members: [], otherTopics: [], verdict: 'idle' as const }
const member = { id: 'm', clientId: 'worker-1', host: '/10.0.0.7' }
const from = Number(PLAN.lanes[0]?.from)

describe('an undo', () => {
  it('is allowed where nothing has moved since the run', () => {
    expect(refusalsOfUndo(someFacts())).toEqual([])
  })

  it('is allowed where a killed runner committed more than it journalled', () => {
    expect(refusalsOfUndo(someFacts({ source: source({ offset: (LEFT[0]?.offset ?? 0) + 10 }) }))).toEqual([])
  })

  it.each([
    ['a live group', { source: source({}, { ...AN_IDLE_GROUP, verdict: 'live', members: [member] }) }, 'has members'],
    ['an unsure group', { source: source({}, { ...AN_IDLE_GROUP, verdict: 'unsure' }) }, 'not provably idle'],
    ['a commit without claim', { source: unclaimed({}) }, 'without the claim'],
    ['a claim of another run', { source: source({ claimedBy: 'other' }) }, 'claimed by other'],
    ['an expired commit', { source: unclaimed({ offset: -1 }) }, 'no commit'],
    ['a position that went back', { source: source({ offset: from + 1 }) }, 'does not stand where'],
    ['a head past a position', { source: source({ start: from + 1 }) }, 'does not hold the backlog any more'],
    ['a source made anew', { source: { ...source({}), topicId: 'other' } }, 'made anew'],
    ['records deleted from a lane', { lanes: lanes({ trimmed: [{ lane: 4, start: 9 }] }) }, '4 starts at 9'],
    ['offsets on the lanes', { lanes: lanes({ groups: [{ ...aGroup, lanes: 3 }] }) }, 'has offsets on 3 partitions'],
    ['a member on the lanes', { lanes: lanes({ groups: [{ ...aGroup, members: [member] }] }) }, 'worker-1 at 10.0.0.7'],
    ['a group that may not be seen', { lanes: lanes({ notAsked: ['secret'] }) }, 'secret'],
    ['no confirmation', { confirmed: false }, '--no-groupless-readers'],
    ['a live runner', { heldBy: 'process 7 on b' }, 'process 7 on b'],
    ['a temporary topic that is gone', { lanes: lanes({ topic: undefined }) }, 'is gone with 3000 copied messages'],
    ['a restore', { state: { ...COMPLETE, restored: { how: 'restore', topicId: 'id', done: true } } }, 'only forward'],
  ] as const)('is refused by %s', (_name, given, words) => {
    const refusals = refusalsOfUndo(someFacts(given as Parameters<typeof someFacts>[0]))
    expect(refusals).toEqual([expect.stringContaining(words)])
  })

  it('is carried on by who finds the offsets back already', () => {
    const state = { ...COMPLETE, restored: { how: 'undo' as const, topicId: 'id', done: false } }
    expect(refusalsOfUndo(someFacts({ state, source: unclaimed({ offset: from }), confirmed: false }))).toEqual([])
    expect(refusalsOfUndo(someFacts({ state, source: unclaimed({ offset: from + 1 }) }))[0]).toContain('does not stand')
  })
})

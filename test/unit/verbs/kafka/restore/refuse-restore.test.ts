import { describe, expect, it } from 'vitest'
import { refusalsOfRestore, warningsOfRestore } from '../../../../../src/verbs/kafka/restore/refuse-restore.js'
import { AN_IDLE_GROUP, COMPLETE, LEFT, PLAN, READ, someFacts } from './some-facts.js'

const at = '2026-11-21T12:10:00.000Z'
const member = { id: 'm', clientId: 'worker-1', host: '/10.0.0.7' }
const aGroup = { id: 'others', lanes: 2, members: [], otherTopics: [], verdict: 'idle' as const }

describe('a restore', () => {
  it('is allowed once every lane is read', () => {
    const facts = someFacts({ lanes: READ })
    expect(refusalsOfRestore(facts)).toEqual([])
    expect(warningsOfRestore(facts)).toEqual([])
  })

  it('is refused while one record is unread, exactly or at most', () => {
    expect(refusalsOfRestore(someFacts())[0]).toMatch(/^3,000 unread/)
    expect(refusalsOfRestore(someFacts({ lanes: { ...READ, unread: 1n, exact: false } }))[0]).toMatch(/^up to 1 unread/)
  })

  it('is refused while a group has members on the lanes, and lists offsets of others', () => {
    const live = { ...aGroup, members: [member], verdict: 'live' as const }
    const facts = someFacts({ lanes: { ...READ, groups: [live] } })
    expect(refusalsOfRestore(facts)).toEqual([expect.stringContaining('worker-1 at 10.0.0.7')])
    expect(warningsOfRestore(facts)).toEqual([expect.stringContaining('group others has offsets on 2 partitions')])
  })

  it.each([
    [{ kind: 'stopped' as const, by: 'SIGINT', at }, 'spillway resume'],
    [{ kind: 'stopped' as const, by: 'aborted', at }, '--after-abort'],
    [{ kind: 'failed' as const, code: 'x', message: 'no disk', hint: '', exitCode: 1, at }, 'no disk'],
  ])('is refused for a run that is not complete: %#', (ending, words) => {
    const facts = someFacts({ lanes: READ, state: { ...COMPLETE, ending } })
    expect(refusalsOfRestore(facts)[0]).toContain(words)
    expect(refusalsOfRestore(facts)[0]).toContain('--undo')
  })

  it('is refused for a killed run, a live one, and one whose undo has begun', () => {
    const { ending: _, ...killed } = COMPLETE
    expect(refusalsOfRestore(someFacts({ lanes: READ, state: killed }))[0]).toContain('was killed')
    expect(refusalsOfRestore(someFacts({ heldBy: 'process 7 on b' }))).toEqual([
      expect.stringContaining('process 7 on b'),
    ])
    const restored = { how: 'undo' as const, topicId: 'id', done: false }
    expect(refusalsOfRestore(someFacts({ state: { ...COMPLETE, restored } }))[0]).toContain(
      '--undo --no-groupless-readers --execute',
    )
  })

  it('warns, and goes on, where the originals were started already', () => {
    const [first, ...rest] = LEFT
    if (first === undefined) throw new Error('no lanes')
    const { claimedBy: _, ...moved } = { ...first, offset: first.offset + 5, metadata: '' }
    const group = { ...AN_IDLE_GROUP, verdict: 'live' as const }
    const facts = someFacts({ lanes: READ, source: { group, topicId: PLAN.sourceTopicId, lanes: [moved, ...rest] } })
    expect(refusalsOfRestore(facts)).toEqual([])
    expect(warningsOfRestore(facts)).toEqual([
      expect.stringContaining('live already'),
      expect.stringContaining('has moved on 1 partition'),
    ])
  })
})

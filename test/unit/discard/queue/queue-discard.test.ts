import { describe, expect, it } from 'vitest'
import { affectedBy } from '../../../../src/discard/queue/affected.js'
import { queueDiscardNotes, queueDiscardRefusals } from '../../../../src/discard/queue/refusals.js'
import { aNode, aQueueSurvey } from '../../drain/queue/a-queue-survey.js'

const STOPPED = { consumersStopped: false }

describe('what refuses the discard of a queue', () => {
  it('is no alarm', () => {
    const nodes = [aNode({ memoryAlarm: true, diskAlarm: true, diskFree: 40n << 20n })]
    expect(queueDiscardRefusals(aQueueSurvey({ nodes }), STOPPED)).toEqual([])
  })

  it('is a disk that is truly full, with remedies, on a node that has some of the queue', () => {
    const nodes = [aNode({ diskAlarm: true, diskFree: 3n << 20n }), aNode({ node: 'rabbit@two', diskFree: 0n })]
    const survey = aQueueSurvey({ nodes, queue: { node: 'rabbit@one', members: ['rabbit@one'] } })
    const found = queueDiscardRefusals(survey, STOPPED)
    expect(found).toMatchObject([{ at: 'node rabbit@one', code: 'broker-disk-full', mayClear: true }])
    expect(found[0]?.hint).toMatch(/grow the volume/)
  })

  it('is a consumer, and another run', () => {
    const live = aQueueSurvey({ consumerCount: 2, verdict: 'live' })
    expect(queueDiscardRefusals(live, STOPPED)).toMatchObject([{ code: 'consumers-live' }])
    const locked = aQueueSurvey({ lock: { queue: 'spillway.lock.orders' } })
    expect(queueDiscardRefusals(locked, STOPPED)).toMatchObject([{ code: 'claimed' }])
  })
})

describe('who is affected by the discard of a queue', () => {
  it('is named: bindings, dead-letter exchange, federation, shovels, members', () => {
    const by = 'policy all'
    const survey = aQueueSurvey({
      queue: {
        type: 'quorum',
        members: ['rabbit@one', 'rabbit@two'],
        bindings: [{ exchange: 'shop', routingKey: 'orders.#' }],
        settings: { deadLetterExchange: { value: 'graves', by }, messageTtl: { value: 60_000, by } },
        definition: { 'federation-upstream-set': 'all' },
      },
    })
    const lines = affectedBy(survey, [
      { name: 'nightly', does: 'fills' },
      { name: 'mirror', does: 'reads' },
    ])
    expect(lines).toEqual([
      expect.stringContaining('exchange shop (routing key "orders.#") goes on filling it'),
      'dead-letter exchange graves of policy all gets nothing of what goes, unless it expires before (after 60 s)',
      expect.stringContaining('federation (federation-upstream-set all)'),
      'shovel nightly goes on filling it',
      'shovel mirror reads it, and gets nothing of what goes',
      'all 2 members of it: rabbit@one, rabbit@two',
    ])
  })
})

describe('what is worth knowing before', () => {
  it('is that priorities are no age, that messages expire, and what nobody tells', () => {
    const by = 'argument x-max-priority'
    const settings = { maxPriority: { value: 5, by }, messageTtl: { value: 1000, by } }
    const survey = aQueueSurvey({ queue: { settings }, nodes: [] })
    const scope = { kind: 'older-than', before: '2026-11-21T10:00:00.000Z', age: '2h' } as const
    expect(queueDiscardNotes(survey, { scope, keeps: true })).toEqual([
      expect.stringContaining('has priorities'),
      expect.stringContaining('may expire'),
      expect.stringContaining('truly full'),
    ])
  })
})

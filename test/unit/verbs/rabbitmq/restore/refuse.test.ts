import { describe, expect, it } from 'vitest'
import { planInWords } from '../../../../../src/verbs/rabbitmq/restore/describe.js'
import {
  refusalsOfRestore,
  refusalsOfUndo,
  warningsOfRestore,
  warningsOfUndo,
} from '../../../../../src/verbs/rabbitmq/restore/refuse.js'
import { someQueueFacts } from './some-queue-facts.js'

const restored = (how: 'restore' | 'undo', done: boolean) => ({ state: { restored: { how, topicId: '', done } } })
const stopped = { state: { ending: { kind: 'stopped', by: 'aborted', at: '' } as const } }

describe('the restore of a queue', () => {
  it('is free once the lanes are empty and nobody reads them', () => {
    expect(refusalsOfRestore(someQueueFacts())).toEqual([])
    expect(planInWords(someQueueFacts(), 'restore').join(' ')).toContain('DELETES 2 queues')
  })

  it.each([
    ['unread', { lane: { ready: 3 } }, '6 unread in 2 queues'],
    ['taken and not acked', { lane: { unacked: 1 } }, '2 unread in 2 queues'],
    ['with consumers', { lane: { consumers: 1 } }, '2 queues still have consumers'],
    ['of a stopped run', stopped, '--after-abort'],
    ['of a run at work', { heldBy: 'process 7 on h' }, 'process 7 on h holds it'],
    ['of an undone run', restored('undo', true), 'was undone'],
    ['of a run half undone', restored('undo', false), '--undo --execute'],
  ])('is refused: %s', (_name, given, words) => {
    expect(refusalsOfRestore(someQueueFacts(given)).join()).toContain(words)
  })

  it('warns of queues that are gone, but not while it is being carried out', () => {
    const gone = { lane: { exists: false } }
    expect(warningsOfRestore(someQueueFacts(gone)).join()).toContain('cannot be checked')
    expect(warningsOfRestore(someQueueFacts({ ...gone, ...restored('restore', false) }))).toEqual([])
  })
})

describe('the undo of a queue', () => {
  const full = { lane: { ready: 50 } }
  const ordered = { options: { key: 'routing-key' as const } }

  it('is free for a queue without order, and says what it goes behind', () => {
    const facts = someQueueFacts({ ...full, source: { ready: 7, consumers: 1 } })
    expect(refusalsOfUndo(facts)).toEqual([])
    expect(warningsOfUndo(facts)).toEqual([
      'the backlog goes behind the 7 messages that wait in orders',
      'orders has 1 consumer: they get the backlog as it comes back',
    ])
  })

  it('takes no old count of the API for messages in the source', () => {
    expect(warningsOfUndo(someQueueFacts({ ...full, source: { ready: 0, unacked: 1850 } }))).toEqual([])
  })

  it('tells what was handled already', () => {
    expect(warningsOfUndo(someQueueFacts({ lane: { ready: 20 } }))[0]).toContain('60 of the 100 copies')
  })

  it.each([
    ['in order, behind others', { ...full, ...ordered, source: { ready: 7 } }, 'its order would be lost'],
    ['in order, beside consumers', { ...full, ...ordered, source: { consumers: 1 } }, 'has 1 consumer'],
    ['into a queue that is gone', { ...full, source: { exists: false } }, 'not there any more'],
    ['from lanes that are gone', { lane: { exists: false } }, 'went with the copies'],
    ['from lanes that are read', { lane: { ready: 1, consumers: 1 } }, 'still have consumers'],
    ['from lanes that are polled', { lane: { ready: 1, unacked: 2 } }, 'not acked (orders.spill.'],
    ['of a restored run', restored('restore', true), 'only forward'],
    ['of a run at work', { heldBy: 'process 7 on h' }, 'abort it first'],
  ])('is refused: %s', (_name, given, words) => {
    expect(refusalsOfUndo(someQueueFacts(given)).join()).toContain(words)
  })

  it('waits for what a killed one has in hand, instead of refusing', () => {
    const begun = { ...full, ...restored('undo', false) }
    expect(refusalsOfUndo(someQueueFacts({ ...begun, lane: { ready: 0, unacked: 50 } }))).toEqual([])
    expect(refusalsOfUndo(someQueueFacts({ ...begun, lane: { consumers: 1, foreign: 0 } }))).toEqual([])
    expect(refusalsOfUndo(someQueueFacts({ ...begun, lane: { consumers: 2, foreign: 1 } })).join()).toContain(': 1')
  })

  it('is free for an ordered queue whose source is empty', () => {
    expect(refusalsOfUndo(someQueueFacts({ ...full, ...ordered }))).toEqual([])
  })
})

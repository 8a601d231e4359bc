import { expect, it } from 'vitest'
import { NO_COUNTS } from '../../../../../src/core/counts.js'
import type { RunEvent } from '../../../../../src/core/event.js'
import { foldRun, NOTHING_YET, type RunSoFar } from '../../../../../src/core/fold.js'
import { ackedAtMost, givenBack, Notes } from '../../../../../src/verbs/rabbitmq/fanout/notes.js'
import type { Recorder } from '../../../../../src/verbs/run/recorder.js'

const NOW = () => new Date('2026-11-21T12:00:00.000Z')
const settled = (read: bigint): RunEvent => ({
  type: 'settled',
  at: NOW().toISOString(),
  lane: '00',
  mark: '0',
  counts: { ...NO_COUNTS, read, written: read },
})

/** Notes in a journal in memory. */
function noting(state: RunSoFar = NOTHING_YET) {
  const recorder = {
    state,
    async record(event: RunEvent) {
      recorder.state = foldRun(recorder.state, event)
    },
  }
  return { recorder, notes: new Notes(recorder as unknown as Recorder, NOW) }
}

it('allows for acks before they are sent, in windows that grow', async () => {
  const { recorder, notes } = noting()
  await notes.acking(10)
  expect(ackedAtMost(recorder.state)).toBe(256)
  await notes.acking(290)
  expect(ackedAtMost(recorder.state)).toBe(512)
  await recorder.record(settled(300n))
  await notes.acking(500)
  expect(ackedAtMost(recorder.state)).toBe(512)
  expect(recorder.state.steered).toHaveLength(2)
})

it('counts neither what was journalled before nor what is found of a killed execution as acked now', async () => {
  const killed = noting()
  await killed.recorder.record(settled(1000n))
  const { recorder, notes } = noting(killed.recorder.state)
  notes.found(40)
  await notes.acking(200)
  await recorder.record(settled(40n))
  await recorder.record(settled(200n))
  await notes.end()
  expect(ackedAtMost(recorder.state)).toBe(0)
})

it('leaves nothing open at an end in order, and what is not journalled where it is not', async () => {
  const { recorder, notes } = noting()
  await notes.acking(30)
  await recorder.record(settled(20n))
  await notes.end()
  expect(ackedAtMost(recorder.state)).toBe(10)
})

it('holds what was given back unseen against one execution only', async () => {
  const { recorder, notes } = noting()
  await notes.givenBack(77)
  expect(givenBack(recorder.state)).toBe(77)
  await noting(recorder.state).notes.begin()
  const next = noting(recorder.state)
  await next.notes.begin()
  expect(givenBack(next.recorder.state)).toBe(0)
})

import { expect, it } from 'vitest'
import { HoldGate } from '../../../../../src/core/gate.js'
import { planQueueDrain } from '../../../../../src/drain/queue/plan.js'
import { Stopped } from '../../../../../src/errors.js'
import { watchOver } from '../../../../../src/verbs/rabbitmq/drain/watches.js'
import { fakeIo } from '../../../commands/fake-io.js'
import { aQueueSurvey, someQueueOptions } from '../../../drain/queue/a-queue-survey.js'

const plan = planQueueDrain(aQueueSurvey(), someQueueOptions())

/** Watches with a management API that a stop finds in the middle of an answer, or that fails by itself. */
async function watched(failure: Error, isStop: boolean): Promise<unknown> {
  const stop = new AbortController()
  const get = async () => {
    if (isStop) stop.abort(failure)
    throw failure
  }
  const watching = {
    plan,
    gate: new HoldGate(),
    recorder: { record: async () => undefined },
    io: { ...fakeIo().io, soft: stop.signal },
    links: { management: { url: 'http://m', get }, settings: { vhost: '/' } },
    relay: { look: async () => undefined, mostConsumers: () => 0 },
  }
  const over = new AbortController()
  const watch = watchOver(watching as unknown as Parameters<typeof watchOver>[0], over.signal)
  return watch.catch((error: unknown) => error).finally(() => over.abort())
}

it('ends quietly where a stop comes while the management API is asked', async () => {
  expect(await watched(new Stopped('SIGINT'), true)).toBeUndefined()
})

it('throws what goes wrong without one', async () => {
  const failure = new Error('the journal is full')
  expect(await watched(failure, false)).toBe(failure)
})

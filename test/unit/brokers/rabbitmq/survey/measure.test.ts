import { describe, expect, it } from 'vitest'
import type { Answer, Management } from '../../../../../src/brokers/rabbitmq/management.js'
import type { QueueLook } from '../../../../../src/brokers/rabbitmq/survey/look.js'
import { measureQueue } from '../../../../../src/brokers/rabbitmq/survey/measure.js'
import { UserError } from '../../../../../src/errors.js'

const QUEUE = { name: 'orders', type: 'classic', messages_ready: 7, message_bytes_ready: 700, arguments: {} }

/** A management API that knows these paths, and says 404 to all others. */
const anApi = (answers: Readonly<Record<string, unknown>>) => {
  const asked: string[] = []
  const get = async (parts: readonly string[]): Promise<Answer> => {
    const path = parts.join(' ')
    asked.push(path)
    return path in answers ? { ok: true, value: answers[path] } : { ok: false, status: 404, why: 'it is not there' }
  }
  const api: Management = { url: 'http://one:15672', get }
  return { api, asked }
}

const aLook = (given: Partial<QueueLook> = {}): QueueLook => ({
  clusterName: 'rabbit@one',
  serverVersion: '3.10.8',
  depth: async () => ({ ready: 7, consumers: 0 }),
  locked: async () => false,
  ...given,
})

const measured = (look: QueueLook, api: Management, windowMs = 0) =>
  measureQueue(look, api, {
    source: 'amqp://one:5672//orders',
    vhost: '/',
    queue: 'orders',
    user: 'ops',
    windowMs,
    signal: new AbortController().signal,
  })

describe('measureQueue', () => {
  it('asks the management API no more once it has not answered', async () => {
    const { api, asked } = anApi({})
    const survey = await measured(aLook({ locked: async () => true }), api)
    expect(asked).toEqual(['overview'])
    expect(survey.management).toMatchObject({ available: false, why: 'it is not there' })
    expect(survey.lock).toEqual({ queue: 'spillway.lock.orders' })
  })

  it('notes what it may not ask, and goes on with the rest', async () => {
    const { api } = anApi({ overview: {}, 'queues / orders': QUEUE, 'policies /': [] })
    const survey = await measured(aLook(), api)
    expect(survey.total).toMatchObject({ ready: 7n, bytes: 700n })
    expect(survey.policies).toBeUndefined()
    expect(survey.warnings.join('\n')).toContain('Unknown: memory, disk and alarms of the nodes')
    expect(survey.warnings.join('\n')).toContain('Unknown: operator policies')
  })

  it('does without an API that does not know the queue', async () => {
    const { api } = anApi({ overview: {} })
    expect((await measured(aLook(), api)).management.available).toBe(false)
  })

  it('looks again and again within its window', async () => {
    const { api } = anApi({ overview: {}, 'queues / orders': QUEUE })
    const counts = [100, 90, 80, 70]
    const look = aLook({ depth: async () => ({ ready: counts.shift() ?? 0, consumers: 1 }) })
    const survey = await measured(look, api, 50)
    expect(survey.total.net).toBeLessThan(0)
    expect(survey.windowSeconds).toBe(0.05)
  })

  it('suggests the queue that was probably meant', async () => {
    const { api } = anApi({ 'queues /': { items: [{ name: 'order' }, { name: 'payments' }] } })
    const depth = async () => {
      throw new UserError('Queue orders is not there', { code: 'no-queue', hint: 'Check the name.' })
    }
    await expect(measured(aLook({ depth }), api)).rejects.toMatchObject({
      code: 'no-queue',
      hint: 'Did you mean order?',
    })
    await expect(measured(aLook({ depth }), anApi({}).api)).rejects.toMatchObject({ hint: 'Check the name.' })
  })

  it('stops when it is told to', async () => {
    const stop = new AbortController()
    const { api } = anApi({})
    const depth = async () => {
      stop.abort(new Error('stopped'))
      return { ready: 1, consumers: 0 }
    }
    const request = { source: 'x', vhost: '/', queue: 'orders', user: 'ops', windowMs: 5000, signal: stop.signal }
    await expect(measureQueue(aLook({ depth }), api, request)).rejects.toThrow('stopped')
  })
})

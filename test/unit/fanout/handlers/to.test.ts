import { describe, expect, it } from 'vitest'
import type { Message } from '../../../../src/core/message.js'
import { BrokerError } from '../../../../src/errors.js'
import { type Sender, UncarriableError } from '../../../../src/fanout/ports.js'
import { message, opened } from './given.js'

async function sending(send: () => Promise<void>) {
  const sent: Message[] = []
  let ended = false
  const sender: Sender = {
    target: 'kafka://localhost/copies',
    send: async given => {
      sent.push(given)
      await send()
    },
    [Symbol.asyncDispose]: async () => {
      ended = true
    },
  }
  const it = await opened({ kind: 'to', address: sender.target }, { sender, concurrency: 4 })
  const outcome = await it.handle()
  await it[Symbol.asyncDispose]()
  return { outcome, sent, ended, slots: it.handler.slots }
}
const failing = (error: Error) => sending(() => Promise.reject(error))

describe('passing messages on', () => {
  it('is done when the copy is durable', async () => {
    const { outcome, sent, ended, slots } = await sending(async () => {})
    expect(outcome).toEqual({ kind: 'done' })
    expect(sent).toEqual([message()])
    expect({ ended, slots }).toEqual({ ended: false, slots: 4 })
  })

  it('refuses what can never be carried', async () => {
    const { outcome } = await failing(new UncarriableError('2 MB is more than max.message.bytes'))
    expect(outcome).toEqual({ kind: 'refused', reason: '2 MB is more than max.message.bytes' })
  })

  it('tries later what the broker may take later, without counting', async () => {
    const { outcome } = await failing(new BrokerError('not enough replicas', { retry: true }))
    expect(outcome).toEqual({ kind: 'later', reason: 'not enough replicas' })
  })

  it('has failed by anything else', async () => {
    const { outcome } = await failing(new BrokerError('no such topic', { retry: false }))
    expect(outcome).toEqual({ kind: 'failed', reason: 'no such topic' })
  })

  it('needs a sender', async () => {
    await expect(opened({ kind: 'to', address: 'kafka://localhost/t' })).rejects.toMatchObject({ exitCode: 2 })
  })
})

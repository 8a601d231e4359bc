import { describe, expect, it, vi } from 'vitest'
import { BrokerError } from '../../../src/errors.js'
import { UncarriableError } from '../../../src/fanout/ports.js'
import type { Outgoing, ReplaySender } from '../../../src/replay/ports.js'
import { senderSink } from '../../../src/replay/sender-sink.js'
import { aMessage } from './a-message.js'

const never = new AbortController().signal
const items = (...marks: number[]): Outgoing[] =>
  marks.map(n => ({ message: aMessage(n), next: String(n + 1), extra: [] }))

/** A sender whose answers are told beforehand, by the mark of the message; each once. */
function aSender(answers: Record<string, Error>) {
  const sent: string[] = []
  const sender: ReplaySender = {
    async send({ mark }) {
      sent.push(mark)
      const error = answers[mark]
      delete answers[mark]
      if (error !== undefined) throw error
    },
    [Symbol.asyncDispose]: async () => undefined,
  }
  return { lane: senderSink(sender, never).lane('0', 0), sent }
}
const lost = () => new BrokerError('connection lost', { retry: true, code: 'connection' })
const nacked = () => new BrokerError('refused', { retry: true, code: 'nacked' })

describe('a sink that keeps no position', () => {
  it('sends nothing again that is known to have arrived', async () => {
    const { lane, sent } = aSender({ 1: nacked() })
    await expect(lane.send(items(0, 1, 2), never)).rejects.toThrow('refused')
    await lane.abandon()
    expect(lane.uncommitted).toBe(2)
    await lane.send(items(0, 1, 2), never)
    expect(sent).toEqual(['0', '1', '2', '1'])
    expect(lane.takeRepeats()).toBe(0)
  })

  it('counts what it sends again without knowing its fate', async () => {
    const { lane } = aSender({ 0: lost(), 2: lost() })
    await expect(lane.send(items(0, 1, 2), never)).rejects.toThrow('connection lost')
    expect(lane.uncommitted).toBe(3)
    await lane.send(items(0, 1, 2), never)
    expect([lane.takeRepeats(), lane.takeRepeats()]).toEqual([2, 0])
  })

  it('gives back what can never be carried', async () => {
    const { lane } = aSender({ 1: new UncarriableError('too large') })
    const unable = await lane.send(items(0, 1), never)
    expect(unable.map(({ item, reason }) => [item.message.mark, reason])).toEqual([['1', 'too large']])
  })

  it('owes nothing once a page is committed', async () => {
    const { lane } = aSender({})
    await lane.send(items(0, 1), never)
    await lane.commit({ mark: '2', totals: {} as never })
    expect(lane.uncommitted).toBe(0)
  })

  it('tells what cannot pass before what can', async () => {
    const { lane } = aSender({ 0: lost(), 1: new BrokerError('denied', { retry: false }) })
    await expect(lane.send(items(0, 1), never)).rejects.toThrow('denied')
  })

  it('waits no longer than hard lets it', async () => {
    const sender = { send: () => new Promise<void>(() => undefined), [Symbol.asyncDispose]: async () => undefined }
    const lane = senderSink(sender, never).lane('0', 0)
    const hard = new AbortController()
    const sending = lane.send(items(0), hard.signal)
    hard.abort(new Error('twice'))
    await expect(sending).rejects.toThrow('twice')
    expect(lane.uncommitted).toBe(1)
  })

  it('gives a broker that confirms nothing some seconds once a stop is asked for, and owes what was sent', async () => {
    vi.useFakeTimers()
    const sender = { send: () => new Promise<void>(() => undefined), [Symbol.asyncDispose]: async () => undefined }
    const soft = new AbortController()
    const lane = senderSink(sender, soft.signal).lane('0', 0)
    const sending = expect(lane.send(items(0, 1), never)).rejects.toMatchObject({ code: 'unconfirmed', retry: true })
    soft.abort()
    await vi.advanceTimersByTimeAsync(10_000)
    await sending
    expect(lane.uncommitted).toBe(2)
    vi.useRealTimers()
  })
})

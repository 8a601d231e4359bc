import { describe, expect, it } from 'vitest'
import { DeadLetterQueue } from '../../../../../src/brokers/rabbitmq/redrive/dead-letter-queue.js'
import { asItCame } from '../../../../../src/brokers/rabbitmq/redrive/dead-letters.js'
import { QueueMessage } from '../../../../../src/brokers/rabbitmq/work/queue-message.js'
import type { Message } from '../../../../../src/core/message.js'
import { type Chunk, type Intake, LaneGone, type Taken, type WorkLane } from '../../../../../src/fanout/ports.js'
import { Pages } from '../../../../../src/replay/pages.js'
import { delivery } from '../a-message.js'

const NOT_DATA = { holes: 0n, markers: 0n, aborted: 0n }
const NEVER = new AbortController().signal
const PAGE = { messages: 500, bytes: 1 << 20 }

/** A queue that hands out no more than its prefetch, and takes back what was not acked when a channel ends. */
class Scripted implements Intake {
  readonly patienceMs = 1000
  readonly acked: string[] = []
  readonly #ready: string[]
  readonly #prefetch: number
  lane: WorkLane | undefined
  #die: (() => void) | undefined
  #isOver = false

  constructor(bodies: readonly string[], prefetch: number) {
    this.#ready = [...bodies]
    this.#prefetch = prefetch
  }

  async *take(soft: AbortSignal): AsyncGenerator<Taken> {
    while (!soft.aborted && !this.#isOver) {
      let end = () => {}
      const ended = new Promise<void>(resolve => {
        end = resolve
      })
      yield { lane: this.#life(() => end()) }
      await ended
    }
  }

  /** Its channel ends: what is unacked goes back to the front. */
  kill(): void {
    this.#die?.()
  }

  #life(ended: () => void): WorkLane {
    const ready = this.#ready
    const open: { readonly tag: string; readonly body: string }[] = []
    let [tag, dead] = [0, false]
    let wake = () => {}
    const waiting = () =>
      new Promise<void>(resolve => {
        wake = resolve
      })
    const die = () => {
      dead = true
      ready.unshift(...open.splice(0).map(({ body }) => body))
      wake()
    }
    this.#die = die
    const gone = () => new LaneGone('the channel was closed')
    const take = (): Message[] => {
      const count = Math.min(3, this.#prefetch - open.length, ready.length)
      return ready.splice(0, count).map(body => {
        open.push({ tag: String(++tag), body })
        return new QueueMessage(delivery({ body: Buffer.from(body), tag }), { target: 'dlq', lane: 'dlq' })
      })
    }
    const isEmpty = () => ready.length === 0 && open.length === 0
    async function* chunks(): AsyncGenerator<Chunk> {
      while (!isEmpty()) {
        if (dead) throw gone()
        const messages = take()
        if (messages.length > 0) yield { messages, next: String(tag), notData: NOT_DATA, bytes: 1 }
        else await waiting()
      }
      lane.finished = true
    }
    const settle = async ({ messages }: { readonly messages: readonly Message[] }) => {
      if (dead) throw gone()
      for (const { mark } of messages) {
        const at = open.findIndex(each => each.tag === mark)
        this.acked.push(...open.splice(at, 1).map(({ body }) => body))
      }
      wake()
    }
    const lane = {
      lane: 'dlq',
      settling: 'each' as const,
      finished: false,
      open: async () => ({ from: '0', to: '0' }),
      chunks,
      after: (message: Message) => message.mark,
      settle,
      close: async (clean: boolean) => {
        if (!clean && !dead) die()
        this.#isOver = clean && lane.finished
        ended()
      },
    }
    this.lane = lane
    return lane
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

const bodies = (count: number) => Array.from({ length: count }, (_, at) => String(at))
const queueOf = (intake: Intake) =>
  new DeadLetterQueue({
    ...{ intake, queue: 'dlq', from: '0', to: '10', address: asItCame, warn: () => undefined },
    gate: { closed: false, holds: () => [] },
  })
const sent = (items: readonly { readonly message: Message }[]) => items.map(({ message }) => String(message.value))

describe('DeadLetterQueue', () => {
  it('gives pages out that are not full where the queue gives no more before it is acked', async () => {
    const intake = new Scripted(bodies(10), 4)
    await using queue = queueOf(intake)
    const pages = new Pages(queue.read('0', NEVER))
    const seen: string[][] = []
    for (let page = await pages.next(PAGE); page !== undefined; page = await pages.next(PAGE)) {
      seen.push(sent(page.items))
      await queue.settle(page.next)
    }
    await pages.close()
    expect(seen.flat()).toEqual(bodies(10))
    expect(seen.length).toBeGreaterThan(2)
    expect(intake.acked).toEqual(bodies(10))
  })

  it('hands out the same under the same marks, when it is read again after a fault elsewhere', async () => {
    const intake = new Scripted(bodies(6), 6)
    await using queue = queueOf(intake)
    const first = new Pages(queue.read('0', NEVER))
    const page = await first.next(PAGE)
    await first.close()
    const second = new Pages(queue.read('0', NEVER))
    const again = await second.next(PAGE)
    await second.close()
    expect(again).toEqual(page)
    expect(sent(again?.items ?? [])).toEqual(bodies(6))
  })

  it('goes on with a new channel when its own was lost, under marks that are new as well', async () => {
    const intake = new Scripted(bodies(6), 6)
    await using queue = queueOf(intake)
    const first = new Pages(queue.read('0', NEVER))
    const page = await first.next({ messages: 2, bytes: 1 << 20 })
    await queue.settle(page?.next ?? '')
    const lost = await first.next({ messages: 2, bytes: 1 << 20 })
    intake.kill()
    await expect(queue.settle(lost?.next ?? '')).rejects.toMatchObject({ retry: true })
    await first.close()
    const second = new Pages(queue.read(page?.next ?? '', NEVER))
    const again = await second.next(PAGE)
    expect(sent(again?.items ?? [])).toEqual(['2', '3', '4', '5'])
    expect(again?.items.map(({ next }) => next)).not.toContain(lost?.items[0]?.next)
    await queue.settle(again?.next ?? '')
    expect(await second.next(PAGE)).toBeUndefined()
    await second.close()
    expect(intake.acked).toEqual(bodies(6))
  })
})

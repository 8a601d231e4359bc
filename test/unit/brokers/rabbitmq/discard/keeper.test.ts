import { describe, expect, it } from 'vitest'
import { Keeper } from '../../../../../src/brokers/rabbitmq/discard/keeper.js'
import { KeptWindow } from '../../../../../src/brokers/rabbitmq/discard/kept-window.js'
import type { Keep } from '../../../../../src/brokers/rabbitmq/discard/request.js'
import type { Delivery } from '../../../../../src/brokers/rabbitmq/wire/delivery.js'
import { HoldError } from '../../../../../src/errors.js'
import { delivery } from '../a-message.js'

const NEVER = new AbortController().signal
const run = (first: number, last: number): Delivery[] =>
  Array.from({ length: last - first + 1 }, (_, i) => delivery({ tag: first + i }))

/** An archive in memory, which says no where it is told to. */
class Shelf implements Keep {
  readonly tags: number[] = []
  readonly synced: number[] = []
  syncs = 0
  full: Error | undefined

  get messages(): number {
    return this.tags.length
  }

  async append(deliveries: readonly Delivery[]): Promise<void> {
    if (this.full !== undefined) throw this.full
    this.tags.push(...deliveries.map(({ tag }) => tag))
  }

  async sync(): Promise<void> {
    const upTo = this.tags.length
    this.syncs++
    // A disk takes its time, and more comes meanwhile.
    await new Promise(resolve => setTimeout(resolve, 1))
    this.synced.push(...this.tags.slice(this.synced.length, upTo))
  }

  async last(): Promise<readonly string[]> {
    return []
  }
}

function aKeeper(keep?: Keep) {
  const window = new KeptWindow()
  const acks: number[] = []
  const kept = () => {
    const { tag } = window.acked(Number.POSITIVE_INFINITY) ?? {}
    if (tag !== undefined) acks.push(tag)
  }
  return { window, acks, keeper: new Keeper({ window, keep, kept }) }
}

describe('the keeper', () => {
  it('lets nothing be acked before it is synced, and all of it after the flush', async () => {
    const shelf = new Shelf()
    const { window, keeper } = aKeeper(shelf)
    await keeper.put(run(1, 40), 1000)
    expect(window.pending).toBe(40)
    await keeper.flush(NEVER)
    expect([shelf.synced.length, window.pending]).toEqual([40, 0])
  })

  it('syncs beside, so that acks go while more is put', async () => {
    const shelf = new Shelf()
    const { acks, keeper } = aKeeper(shelf)
    for (let first = 1; first <= 400; first += 50) {
      await keeper.put(run(first, first + 49), 100)
      await new Promise(resolve => setTimeout(resolve, 2))
    }
    expect(acks.length).toBeGreaterThan(2)
    await keeper.flush(NEVER)
    expect(shelf.synced).toEqual(Array.from({ length: 400 }, (_, i) => i + 1))
  })

  it('tells what the archive said no with, keeps the rest back, and begins anew', async () => {
    const shelf = new Shelf()
    const { window, keeper } = aKeeper(shelf)
    await keeper.put(run(1, 10), 40)
    await keeper.flush(NEVER)
    shelf.full = new HoldError('archive disk: full', 'clears')
    const put = async () => {
      await keeper.put(run(11, 20), 40)
      await keeper.flush(NEVER)
    }
    await expect(put()).rejects.toThrow('archive disk: full')
    await keeper.stop()
    expect(window.takeUnkept()).toEqual(run(11, 20).map(({ tag }) => tag))
    shelf.full = undefined
    await keeper.recover()
    await keeper.put(run(21, 25), 40)
    await keeper.flush(NEVER)
    expect(shelf.synced).toHaveLength(15)
  })

  it('keeps nothing twice: what is archived already is acked, after all before it', async () => {
    const shelf = new Shelf()
    const { window, acks, keeper } = aKeeper(shelf)
    const archived = (tags: readonly Delivery[]) => tags.map(each => ({ ...each, archived: 'counted' as const }))
    await keeper.put(archived(run(1, 3)), 1000)
    expect([window.pending, shelf.tags]).toEqual([0, []])
    await keeper.put([...run(4, 5), ...archived(run(6, 7))], 1000)
    expect([window.pending, window.counting]).toEqual([4, 2])
    await keeper.flush(NEVER)
    expect([shelf.synced, acks]).toEqual([[4, 5], [7]])
  })

  it('has all kept at once where nothing is to be kept', async () => {
    const { window, keeper } = aKeeper()
    await keeper.put(run(1, 3), 100)
    await keeper.flush(NEVER)
    expect(window.acked(Number.POSITIVE_INFINITY)).toMatchObject({ tag: 3, messages: 3 })
  })
})

import { describe, expect, it } from 'vitest'
import { lockQueue, temporaryQueueBase, temporaryQueues } from '../../../src/core/temporary-queue.js'

const RUN = '20261121-1200-k3f9'

describe('temporaryQueues', () => {
  it('numbers them with two digits, or as many as there must be', () => {
    expect(temporaryQueues('orders', RUN, 2)).toEqual([`orders.spill.${RUN}.00`, `orders.spill.${RUN}.01`])
    expect(temporaryQueues('orders', RUN, 100).at(-1)).toBe(`orders.spill.${RUN}.99`)
    expect(temporaryQueues('orders', RUN, 101).at(-1)).toBe(`orders.spill.${RUN}.100`)
  })

  it('fits the longest names into a short string, and keeps them apart', () => {
    const [a, b] = [`${'ü'.repeat(127)}a`, `${'ü'.repeat(127)}b`]
    const [of, other] = [temporaryQueues(a, RUN, 1000), temporaryQueues(b, RUN, 1000)]
    expect(Math.max(...of.map(name => Buffer.byteLength(name)))).toBeLessThanOrEqual(255)
    expect(of[0]).not.toBe(other[0])
    expect(Buffer.byteLength(lockQueue(a))).toBeLessThanOrEqual(255)
    expect(lockQueue(a)).not.toBe(lockQueue(b))
  })

  it('declares no name that is reserved for the server', () => {
    expect(temporaryQueueBase('amq.gen-x', RUN)).toBe(`amq-gen-x.spill.${RUN}`)
  })

  it('takes no run id that could not be part of a name', () => {
    expect(() => temporaryQueueBase('orders', 'a/b')).toThrow("can't be part")
  })
})

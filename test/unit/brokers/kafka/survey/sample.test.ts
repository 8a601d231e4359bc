import { describe, expect, it } from 'vitest'
import type { Link } from '../../../../../src/brokers/kafka/link.js'
import { sampleBacklog } from '../../../../../src/brokers/kafka/survey/sample.js'
import { Writer } from '../../../../../src/brokers/kafka/wire/writer.js'
import { encodeBatch, records } from '../records/a-batch.js'

/** A Fetch v11 answer for partition 0 of orders. */
const answer = (set: Buffer): Buffer =>
  new Writer(256 + set.length)
    .i32(0)
    .i16(0)
    .i32(0)
    .array(['orders'], (topic, w) =>
      w
        .str(topic)
        .array([0], (partition, w) => w.i32(partition).i16(0).i64(3).i64(3).i64(0).i32(-1).i32(-1).i32(set.length)),
    )
    .done()

/** A broker that answers every fetch with the same batch. */
const brokerOf = (set: Buffer): Link =>
  ({ wire: async () => ({ ask: async () => Buffer.concat([answer(set), set]) }) }) as unknown as Link

const request = {
  topic: 'orders',
  leaders: new Map([[0, 1]]),
  lanes: [{ partition: 0, from: 0n, to: 3n }],
  records: 10,
  maxMessageBytes: 1_000_000,
  withinMs: 1000,
  now: Date.now(),
  signal: new AbortController().signal,
}
const batch = (attributes: number) => encodeBatch({ base: 0n, records: records(0, 1, 2), attributes })

describe('a sample', () => {
  it('sees the records of a partition', async () => {
    const { samples, notSampled } = await sampleBacklog(brokerOf(batch(1)), request)
    expect(notSampled).toEqual([])
    expect(samples[0]).toMatchObject({ records: 3 })
  })

  it.each([5, 6, 7])('says no to codec %i before anything starts', async codec => {
    await expect(sampleBacklog(brokerOf(batch(codec)), request)).rejects.toMatchObject({
      code: 'unknown-codec',
      exitCode: 2,
      message: expect.stringContaining(`codec ${codec}`),
      hint: expect.stringContaining('zstd'),
    })
  })
})

import { setTimeout as pause } from 'node:timers/promises'
import { describeTopic } from '../../src/brokers/kafka/admin/topics.js'
import { produceBatches } from '../../src/brokers/kafka/wire/produce.js'
import { aRecord, encodeBatch, range } from '../unit/brokers/kafka/records/a-batch.js'
import { onLink, type Scene } from './drain-harness.js'

/** Somebody who goes on producing; `written` is how many records the broker has taken. */
export type Traffic = { written(): number; stop(): Promise<void> }

const A_BATCH = 10

/** Produces ten records every 40 ms, turn by turn into each partition, until it is stopped; values count from 000000000000 by partition. */
export async function aTraffic({ broker, topic }: Scene, partitions: number): Promise<Traffic> {
  let [written, isOver] = [0, false]
  const work = onLink(broker, async link => {
    const wire = await link.wire((await describeTopic(link, topic))?.partitions[0]?.leader ?? -1, 'traffic')
    for (let turn = 0; !isOver; turn++) {
      const partition = turn % partitions
      const first = Math.floor(turn / partitions) * A_BATCH
      const records = range(0, A_BATCH).map(i => aRecord(i, numbered(partition, first + i)))
      const asked = { topic, transactionalId: null, acks: -1, timeoutMs: 5000 } as const
      await produceBatches(wire, { ...asked, entries: [{ partition, batch: encodeBatch({ base: 0n, records }) }] })
      written += A_BATCH
      await pause(40)
    }
  })
  return {
    written: () => written,
    stop: async () => {
      isOver = true
      await work
    },
  }
}

const numbered = (partition: number, number: number) => ({
  key: Buffer.from(`traffic-${partition}-${number % 7}`),
  value: Buffer.from(String(number).padStart(12, '0')),
})

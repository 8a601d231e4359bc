import { randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { TARGET_PARTITIONS } from '../lib/sets.mjs'

const COPIER = fileURLToPath(new URL('./kafkajs-copier.mjs', import.meta.url))

/** eachBatch and producer.send, as an ordinary kafkajs program copies a topic. */
const kafkajs = (name, route) => ({
  name,
  route,
  share: 0.25,
  guarantee: 'at least once',
  digest: 'full',
  missing: () => undefined,
  createsTarget: true,
  command: ({ broker, source, target, set }) => ({
    file: process.execPath,
    args: [
      COPIER,
      broker.address,
      source,
      target,
      route,
      set.codec,
      `bench-${randomUUID()}`,
      String(TARGET_PARTITIONS),
    ],
  }),
})

/** It names the partitions itself: the faster of the two ways. */
export const kafkajsPlain = kafkajs('kafkajs', 'none')
export const kafkajsKey = kafkajs('kafkajs-key', 'key')

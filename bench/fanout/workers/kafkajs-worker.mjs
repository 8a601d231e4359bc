// argv: broker topic group each-message|each-batch records
import kafkajs from 'kafkajs'
import { begin, count, end, ended } from './meter.mjs'

const { Kafka, logLevel } = kafkajs
const [broker, topic, group, mode, records] = process.argv.slice(2)
const kafka = new Kafka({ brokers: [broker], logLevel: logLevel.NOTHING })
const consumer = kafka.consumer({
  groupId: group,
  maxBytesPerPartition: 1 << 20,
  maxBytes: 16 << 20,
  maxWaitTimeInMs: 100,
})
await consumer.connect()
await consumer.subscribe({ topics: [topic], fromBeginning: true })

/** One message at a time, as most handlers are written. */
const oneAtATime = done => ({
  autoCommitInterval: 1000,
  async eachMessage() {
    const began = begin()
    await new Promise(resolve => setTimeout(resolve, 1))
    end(began)
    if (count() >= Number(records)) done()
  },
})

/** The batch as it comes, a no-op for each of its messages: the most that a handler on kafkajs can have. */
const inBatches = done => ({
  autoCommitInterval: 1000,
  partitionsConsumedConcurrently: 4,
  async eachBatch({ batch, resolveOffset, heartbeat }) {
    if (count() === 0) begin()
    for (const message of batch.messages) await handle(message)
    resolveOffset(batch.lastOffset())
    await heartbeat()
    if (count() >= Number(records)) done()
  },
})

async function handle() {
  ended(1)
}

await new Promise((resolve, reject) => {
  consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error))
  consumer.run(mode === 'each-batch' ? inBatches(resolve) : oneAtATime(resolve)).catch(reject)
})
process.exit()

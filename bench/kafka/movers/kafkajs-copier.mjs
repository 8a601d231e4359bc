// argv: broker source target none|key codec group partitions
import kafkajs from 'kafkajs'
import { codecs } from './kafkajs-codecs.mjs'

const { Kafka, logLevel, CompressionCodecs, Partitioners } = kafkajs
const CHUNK_BYTES = 1 << 20
const TURN_BYTES = 256 << 10

const [broker, source, target, route, codec, group, partitions] = process.argv.slice(2)
const { type, make } = codecs[codec]
if (make) CompressionCodecs[type] = make
const kafka = new Kafka({ brokers: [broker], logLevel: logLevel.NOTHING })
const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner, maxInFlightRequests: 5 })
const consumer = kafka.consumer({
  groupId: group,
  maxBytesPerPartition: 4 << 20,
  maxBytes: 16 << 20,
  maxWaitTimeInMs: 100,
  sessionTimeout: 60_000,
})

let lane = 0
let laneBytes = 0

/** Round robin in turns of 256 KiB, or left to the partitioner. */
function copyOf({ key, value, headers, timestamp }) {
  if (route === 'key') return { key, value, headers, timestamp }
  laneBytes += value?.length ?? 0
  if (laneBytes > TURN_BYTES) {
    lane = (lane + 1) % Number(partitions)
    laneBytes = 0
  }
  return { key, value, headers, timestamp, partition: lane }
}

/** Runs of messages of about a mebibyte: one request each. */
function* chunks(messages) {
  let chunk = []
  let bytes = 0
  for (const message of messages) {
    chunk.push(copyOf(message))
    bytes += message.value?.length ?? 0
    if (bytes < CHUNK_BYTES) continue
    yield chunk
    chunk = []
    bytes = 0
  }
  if (chunk.length > 0) yield chunk
}

async function endsOf(topic) {
  const admin = kafka.admin()
  await admin.connect()
  const offsets = await admin.fetchTopicOffsets(topic)
  await admin.disconnect()
  return new Map(
    offsets.filter(({ high, low }) => high !== low).map(({ partition, high }) => [partition, BigInt(high)]),
  )
}

const left = await endsOf(source)
await Promise.all([consumer.connect(), producer.connect()])
await consumer.subscribe({ topics: [source], fromBeginning: true })
await new Promise((resolve, reject) => {
  consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error))
  consumer
    .run({
      partitionsConsumedConcurrently: 3,
      autoCommitInterval: 5000,
      async eachBatch({ batch, heartbeat }) {
        for (const messages of chunks(batch.messages)) {
          await producer.send({ topic: target, acks: -1, compression: type, messages })
          await heartbeat()
        }
        if (BigInt(batch.lastOffset()) + 1n >= (left.get(batch.partition) ?? 0n)) left.delete(batch.partition)
        if (left.size === 0) resolve()
      },
    })
    .catch(reject)
})
await consumer.disconnect()
await producer.disconnect()

// produce-kafkajs.mjs JOB: sends so many messages of a row's length; prints their number.

import kafkajs from 'kafkajs'
import { messageOf } from './messages.mjs'

const { Kafka, logLevel, Partitioners } = kafkajs
const { broker, topic, rows } = JSON.parse(process.argv[2])
const CALL = 2000
const ready = Array.from({ length: CALL }, (_, n) => messageOf(n))
const kafka = new Kafka({ brokers: [broker], logLevel: logLevel.NOTHING })
const producer = kafka.producer({
  idempotent: true,
  maxInFlightRequests: 1,
  createPartitioner: Partitioners.DefaultPartitioner,
})
await producer.connect()
let sent = 0
for (; sent < rows; sent += CALL)
  await producer.send({ topic, acks: -1, messages: ready.slice(0, Math.min(CALL, rows - sent)) })
await producer.disconnect()
console.log(Math.min(sent, rows))

// offset-pages.mjs JOB: one SELECT a page by OFFSET, one awaited send a row; prints the number of rows.

import kafkajs from 'kafkajs'
import { connect } from './clients.mjs'

const { Kafka, logLevel, Partitioners } = kafkajs
const { url, broker, topic, window } = JSON.parse(process.argv[2])
const PAGE = 1000
const client = await connect(url)
const kafka = new Kafka({ brokers: [broker], logLevel: logLevel.NOTHING })
const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner })
await producer.connect()
let sent = 0
for (;;) {
  const rows = await client.rows(
    `SELECT * FROM orders WHERE created_at >= ? AND created_at < ? ORDER BY created_at, id LIMIT ${PAGE} OFFSET ${sent}`,
    [client.time(window.from), client.time(window.to)],
  )
  for (const row of rows)
    await producer.send({ topic, acks: -1, messages: [{ key: String(row.id), value: JSON.stringify(row) }] })
  sent += rows.length
  if (rows.length < PAGE) break
}
await producer.disconnect()
await client.end()
console.log(sent)

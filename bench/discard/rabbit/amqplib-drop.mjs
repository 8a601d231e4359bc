// argv: url queue messages
import { connect } from 'amqplib'

const PREFETCH = 2000
const ACK_EVERY = 500

const [url, queue, messages] = process.argv.slice(2)
const total = Number(messages)
const connection = await connect(url, { noDelay: true })
const channel = await connection.createChannel()
await channel.prefetch(PREFETCH)

let count = 0
await new Promise((resolve, reject) => {
  const drop = message => {
    count++
    if (count % ACK_EVERY !== 0 && count !== total) return
    channel.ack(message, true)
    if (count === total) resolve()
  }
  channel.consume(queue, drop).catch(reject)
})
// A synchronous call: the acks before it have been taken when it answers.
await channel.checkQueue(queue)
await connection.close()

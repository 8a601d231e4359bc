// argv: url source target,target,… messages each|batched
import { connect } from 'amqplib'

const PREFETCH = 2000
const ACK_EVERY = 500

const [url, source, list, messages, mode] = process.argv.slice(2)
const targets = list.split(',')
const total = Number(messages)
const options = { noDelay: true }
const [reading, writing] = await Promise.all([connect(url, options), connect(url, options)])
const input = await reading.createChannel()
const output = await writing.createConfirmChannel()
await input.prefetch(PREFETCH)

let published = 0
let confirmed = 0
/** The messages that were confirmed, by number, while an earlier one was not. */
const waiting = new Map()
let acked = 0

await new Promise((resolve, reject) => {
  const done = () => confirmed === total && resolve()
  const each = message => {
    input.ack(message)
    confirmed++
    done()
  }
  const batched = (message, number) => {
    waiting.set(number, message)
    let last
    while (waiting.has(confirmed)) {
      last = waiting.get(confirmed)
      waiting.delete(confirmed++)
    }
    if (last === undefined || (confirmed - acked < ACK_EVERY && confirmed !== published)) return
    input.ack(last, true)
    acked = confirmed
    done()
  }
  const settle = mode === 'each' ? each : batched
  const copy = message => {
    const number = published++
    output.publish('', targets[number % targets.length], message.content, message.properties, failure =>
      failure ? reject(failure) : settle(message, number),
    )
  }
  input.consume(source, copy).catch(reject)
})
// A synchronous call: the acks before it have been taken when it answers.
await input.checkQueue(source)
await Promise.all([reading.close(), writing.close()])

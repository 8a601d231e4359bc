// argv: url source target,target,… messages
import { Connection } from 'rabbitmq-client'

const PREFETCH = 2000

const [url, source, list, messages] = process.argv.slice(2)
const targets = list.split(',')
const total = Number(messages)
const [reading, writing] = [0, 1].map(() => new Connection({ url, noDelay: true }))
const publisher = writing.createPublisher({ confirm: true })

let published = 0
let copied = 0
await new Promise((resolve, reject) => {
  const props = { queue: source, queueOptions: { passive: true }, qos: { prefetchCount: PREFETCH } }
  const consumer = reading.createConsumer(props, async message => {
    const { contentType, headers, durable, messageId, timestamp } = message
    const routingKey = targets[published++ % targets.length]
    await publisher.send({ routingKey, contentType, headers, durable, messageId, timestamp }, message.body)
    // The ack follows the handler, and closing waits for it.
    if (++copied === total) setImmediate(() => consumer.close().then(resolve, reject))
  })
  consumer.on('error', reject)
})
await Promise.all([publisher.close(), reading.close()])
await writing.close()

// produce.mjs JOB: our own way into a topic alone, with messages that were made before: transactions that hold the position; prints their number.

import { connect } from '../../../dist/brokers/kafka/link.js'
import { transactionalSink } from '../../../dist/brokers/kafka/replay/transactional-sink.js'
import { NO_TOTALS } from '../../../dist/replay/lane-run.js'
import { messageOf } from './messages.mjs'

const { broker, topic, rows } = JSON.parse(process.argv[2])
const READY = 10_000
const PARTITIONS = 6
const { signal } = new AbortController()
const link = await connect({ brokers: [broker] }, signal)
const sink = transactionalSink({
  ...{ link, run: `bench-${process.pid}`, host: 'bench', nonce: 'bench', topic },
  anchor: { topic, partitions: PARTITIONS },
})
const ready = Array.from({ length: READY }, (_, n) => item(n))
const lane = sink.lane('rows', 0)
await lane.position()
let sent = 0
while (sent < rows) {
  const page = pageAt(sent)
  await lane.prepare(page)
  await lane.send(page, signal)
  sent += page.length
  await lane.commit({ mark: String(sent), totals: { ...NO_TOTALS, read: BigInt(sent) } })
}
await sink.finish()
await sink[Symbol.asyncDispose]()
await link[Symbol.asyncDispose]()
console.log(sent)

/** As many as the sink takes at once, the same ones again and again. */
function pageAt(from) {
  const { messages, bytes } = lane.page
  const page = []
  for (let sum = 0; page.length < messages && sum < bytes && from + page.length < rows; ) {
    const next = ready[(from + page.length) % READY]
    sum += next.message.size
    page.push(next)
  }
  return page
}

function item(n) {
  const [key, value] = [messageOf(n).key, messageOf(n).value].map(text => Buffer.from(text))
  const headers = [['x-event-id', Buffer.from('9a3fb4e2-5a3c-5d7e-8a11-0123456789ab')]]
  const size = key.length + value.length + 46
  const message = { id: String(n), key, value, headers, timestamp: Date.now(), target: 'orders', lane: 'rows', size }
  const extra = [
    ['x-replay-run', 'bench'],
    ['x-replay-count', '1'],
  ]
  return { message: { ...message, mark: String(n) }, next: String(n + 1), extra }
}

// argv: management source dest-queue|dest-exchange target
import { setTimeout as pause } from 'node:timers/promises'
import { ask } from '../lib/broker.mjs'

const LOOK_MS = 50
const PREFETCH = 2000

const [management, source, destination, target] = process.argv.slice(2)
const path = `parameters/shovel/%2F/${source}`
const value = {
  'src-protocol': 'amqp091',
  'src-uri': 'amqp://',
  'src-queue': source,
  'src-prefetch-count': PREFETCH,
  'src-delete-after': 'queue-length',
  'dest-protocol': 'amqp091',
  'dest-uri': 'amqp://',
  [destination]: target,
  'ack-mode': 'on-confirm',
}
await ask(management, path, { method: 'PUT', body: { value } })
// The node takes the parameter away when the shovel has moved as many messages as there were.
while ((await ask(management, path)) !== undefined) await pause(LOOK_MS)

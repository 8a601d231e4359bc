// argv: host port messages publish EXCHANGE,EXCHANGE,… size | consume QUEUE
import { consumeAll } from '../lib/consume.mjs'
import { publishAll } from '../lib/publish.mjs'

const [host, port, messages, verb, names, size] = process.argv.slice(2)
const place = { host, port: Number(port) }
const records = Number(messages)
if (verb === 'publish') await publishAll(place, { exchanges: names.split(','), size: Number(size), records })
else await consumeAll(place, names, records)

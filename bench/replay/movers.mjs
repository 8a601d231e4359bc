import { join } from 'node:path'
import { wrongSheet } from '../lib/envelope.mjs'
import { ROOT } from '../lib/machine.mjs'

const worker = name => join(ROOT, 'bench', 'replay', 'workers', name)

/** The real command in a fresh process: plan with its count, rows, messages, transactions, balance sheet. */
const spillway = {
  name: 'spillway',
  command: ({ database, broker, topic, window, dir }) => ({
    file: process.execPath,
    args: [
      ...[join(ROOT, 'bin', 'spillway.js'), 'replay', database.url, '--table', 'orders', '--key', 'id'],
      ...['--time', 'created_at', '--from', window.from, '--to-time', window.to],
      ...['--to', `kafka://${broker.address}/${topic}`, '--execute', '--yes', '--output', 'json'],
    ],
    env: { SPILLWAY_HOME: join(dir, 'home') },
  }),
  wrong: ({ stdout }, rows) => wrongSheet(stdout, rows),
}

const script = (name, file, about) => ({
  name,
  about,
  command: ({ database, broker, topic, window, rows }) => ({
    file: process.execPath,
    args: [worker(file), JSON.stringify({ url: database.url, broker: broker.address, topic, window, rows })],
  }),
  wrong: ({ stdout }, rows) => (Number(stdout) === rows ? undefined : `${stdout.trim()} of ${rows} rows`),
})

/** Half of what a replay is, each: whichever of the two halves is slower bounds it. */
const read = script('read', 'read.mjs', 'the client of the database alone, keyset pages of 5,000 rows')
const produceOurs = script('produce', 'produce.mjs', 'our own transactional sink alone, messages made beforehand')
const produceKafkajs = script('produce-kafkajs', 'produce-kafkajs.mjs', 'idempotent, acks=all, 2,000 messages a call')
/** What people write for it by hand. A thirtieth of the rows: it takes its time. */
const offsetPages = {
  ...script('offset-pages', 'offset-pages.mjs', 'kafkajs; pages of 1,000 rows by OFFSET, each message awaited'),
  share: 1 / 30,
}

export const MOVERS = {
  spillway,
  read,
  produce: produceOurs,
  'produce-kafkajs': produceKafkajs,
  'offset-pages': offsetPages,
}

import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ROOT } from '../../lib/machine.mjs'
import { CONNECTIONS } from './http.mjs'

const here = name => fileURLToPath(new URL(`../workers/${name}`, import.meta.url))
const group = () => `bench-${randomUUID()}`

/** Spillway on the lanes of a temporary topic; `flags` name its handler. */
const fanout =
  flags =>
  ({ broker, topic, dir }) => ({
    file: process.execPath,
    args: [
      join(ROOT, 'bin', 'spillway.js'),
      'fanout',
      `kafka://${broker.address}/${topic}?group=${group()}`,
      ...flags,
      ...['--execute', '--yes', '--quiet', '--output', 'json'],
    ],
    env: { SPILLWAY_HOME: join(dir, 'home') },
  })

/** With a module as its handler. */
export const spillway = (name, module, { concurrency }) => ({
  name,
  concurrency,
  command: fanout(['--module', here(module), '--concurrency', String(concurrency)]),
})

/** Each message a request to the server. */
export const spillwayHttp = url => ({
  name: 'spillway http',
  command: fanout(['--http', url, '--concurrency', String(CONNECTIONS), '--order', 'none']),
})

/** kafkajs; `share` of the topic is enough to know the rate of one message at a time. */
export const kafkajs = (name, mode, share = 1) => ({
  name,
  share,
  command: ({ broker, topic, records }) => ({
    file: process.execPath,
    args: [here('kafkajs-worker.mjs'), broker.address, topic, group(), mode, String(Math.ceil(records * share))],
  }),
})

/** Confluent's Parallel Consumer in KEY order. */
export const parallelConsumer = concurrency => ({
  name: `parallel-consumer ${concurrency}`,
  concurrency,
  missing: tools => (tools.parallelConsumer ? undefined : 'Maven or javac is not there'),
  command: ({ broker, topic, records, tools }) => ({
    file: 'java',
    args: ['-cp', tools.parallelConsumer, 'Main', broker.address, topic, group(), String(concurrency), String(records)],
  }),
})

import { fileURLToPath } from 'node:url'
import { laneNames } from '../lib/sets.mjs'

/** A copier of messages into ten queues in turn, through the default exchange, by a library's own ways. */
const copier = (name, { program, needs, args = [] }) => ({
  name,
  routing: false,
  byKey: false,
  digest: true,
  drains: true,
  shape: 'lanes',
  missing: tools => (tools[needs] ? undefined : `its package is not installed`),
  command: ({ broker, source, target, set }) => ({
    file: process.execPath,
    args: [
      fileURLToPath(new URL(program, import.meta.url)),
      ...[broker.url, source, laneNames(target).join(','), String(set.records), ...args],
    ],
  }),
})

const AMQPLIB = { program: './amqplib-copier.mjs', needs: 'amqplib' }
export const amqplibEach = copier('amqplib-each', { ...AMQPLIB, args: ['each'] })
export const amqplibBatched = copier('amqplib-batched', { ...AMQPLIB, args: ['batched'] })
export const rabbitmqClient = copier('rabbitmq-client', {
  program: './rabbitmq-client-copier.mjs',
  needs: 'rabbitmqClient',
})

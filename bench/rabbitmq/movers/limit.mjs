import { fileURLToPath } from 'node:url'
import { laneNames } from '../lib/sets.mjs'

const PROGRAM = fileURLToPath(new URL('./limit-program.mjs', import.meta.url))

/** What the node gives frames made by hand, in one direction. Nothing is copied. */
const limit = (name, { shape, drains, words }) => ({
  name,
  digest: false,
  drains,
  shape,
  missing: () => undefined,
  command: job => ({
    file: process.execPath,
    args: [PROGRAM, job.broker.host, job.broker.port, job.set.records, ...words(job)].map(String),
  }),
})

/** Ten queues, persistent, confirmed. */
export const limitPublish = limit('limit-publish', {
  drains: false,
  shape: 'exchanges',
  words: ({ target, set }) => ['publish', laneNames(target).join(','), set.size],
})

/** The source, acked 500 at a time. */
export const limitConsume = limit('limit-consume', { drains: true, words: ({ source }) => ['consume', source] })

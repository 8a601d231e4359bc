import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { envelopeOf, wrongSheet } from '../../lib/envelope.mjs'
import { ROOT } from '../../lib/machine.mjs'
import { SOURCE_PARTITIONS, TARGET_PARTITIONS } from '../lib/sets.mjs'

const FACTOR = TARGET_PARTITIONS / SOURCE_PARTITIONS

/** The real command in a fresh process: survey, plan, topic, copy by transactions, proof. */
const spillway = (name, order) => ({
  name,
  route: order === 'key' ? 'key' : 'none',
  guarantee: 'exactly once',
  digest: 'full',
  missing: tools => (tools.spillway ? undefined : 'dist/ is not there; run npm run build'),
  async prepare(job) {
    job.group = `bench-${randomUUID().slice(0, 8)}`
    await job.topics.groupAtStart(job.group, job.source, SOURCE_PARTITIONS)
  },
  command: ({ broker, source, group, dir }) => ({
    file: process.execPath,
    args: [
      join(ROOT, 'bin', 'spillway.js'),
      'drain',
      `kafka://${broker.address}/${source}?group=${group}`,
      ...['--factor', String(FACTOR)],
      ...(order === 'key' ? [] : ['--order', order]),
      ...['--execute', '--yes', '--output', 'json'],
    ],
    env: { SPILLWAY_HOME: join(dir, 'home') },
  }),
  target: ({ stdout }) => envelopeOf(stdout)?.target?.match(/^kafka:\/\/[^/]+\/([^?]+)/)?.[1],
  /** The balance sheet must say that every record was read, written and counted. */
  verdict: ({ stdout }, { records }) => wrongSheet(stdout, records),
  /** A run that was killed names no target; its topic is found by its prefix. */
  leftovers: async ({ topics, source }) => (await topics.list()).filter(topic => topic.startsWith(`${source}.spill.`)),
})

export const spillwayKey = spillway('spillway-key', 'key')
export const spillwayNone = spillway('spillway-none', 'none')

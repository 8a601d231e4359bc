import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
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
  verdict({ stdout }, { records }) {
    const envelope = envelopeOf(stdout)
    if (!envelope?.ledger) return 'no envelope on stdout'
    const { read, written, parked, dropped } = envelope.ledger
    const exact = Number(read) === records && Number(written) === records && Number(parked) + Number(dropped) === 0
    if (envelope.state !== 'complete' || envelope.balanced !== true || !exact)
      return `state ${envelope.state}, balanced ${envelope.balanced}, ledger ${JSON.stringify(envelope.ledger)}`
    return undefined
  },
  /** A run that was killed names no target; its topic is found by its prefix. */
  leftovers: async ({ topics, source }) => (await topics.list()).filter(topic => topic.startsWith(`${source}.spill.`)),
})

/** The envelope of the contract; a crash may leave half a line, which is then no envelope. */
function envelopeOf(stdout) {
  try {
    return JSON.parse(stdout)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

export const spillwayKey = spillway('spillway-key', 'key')
export const spillwayNone = spillway('spillway-none', 'none')

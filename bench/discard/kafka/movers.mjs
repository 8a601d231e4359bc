import { join } from 'node:path'
import { envelopeOf } from '../../lib/envelope.mjs'
import { lastSettled } from '../../lib/last-settled.mjs'
import { ROOT } from '../../lib/machine.mjs'

/** The real command in a fresh process: survey, plan, claim, archive with index, commits, seal, balance sheet. */
const spillway = {
  name: 'spillway',
  command: ({ broker, source, dir, group }) => ({
    file: process.execPath,
    args: [
      ...[join(ROOT, 'bin', 'spillway.js'), 'discard', `kafka://${broker.address}/${source}?group=${group}`, '--all'],
      ...['--execute', '--consumers-stopped', '--confirm', source, '--output', 'json'],
    ],
    env: { SPILLWAY_HOME: join(dir, 'home') },
  }),
  read({ stdout }, { dir, set }) {
    const envelope = envelopeOf(stdout)
    if (envelope?.state !== 'complete' || Number(envelope.ledger.dropped) !== set.records)
      return { problem: `state ${envelope?.state}, ledger ${JSON.stringify(envelope?.ledger)}` }
    const begun = Date.parse(envelope.startedAt)
    const sealed = (Date.parse(envelope.endedAt) - begun) / 1000
    return { seconds: (lastSettled(join(dir, 'home')) - begun) / 1000, sealed }
  },
}

/** kafka-consumer-perf-test: reads all and keeps nothing, with its own settings. */
const consumerPerformance = {
  name: 'ConsumerPerformance',
  command: ({ broker, source, set, group }) => ({
    file: 'java',
    args: [
      ...['-Xmx512m', '-cp', broker.classPath, 'org.apache.kafka.tools.ConsumerPerformance'],
      ...['--bootstrap-server', broker.address, '--topic', source, '--messages', String(set.records)],
      ...['--group', `${group}-perf`, '--timeout', '60000'],
    ],
  }),
  read({ stdout }, { set }) {
    const cells = stdout.trim().split('\n').at(-1).split(', ')
    const [, , consumed, perSecond, records] = cells
    if (Number(records) < set.records) return { problem: `${records} of ${set.records} records: ${stdout}` }
    const megabytes = Number(consumed)
    return { megabytes, seconds: megabytes / Number(perSecond), fetch: megabytes / Number(cells[8]) }
  },
}

/** In the order of the first round. */
export const MOVERS = [spillway, consumerPerformance]

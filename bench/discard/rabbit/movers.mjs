import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { envelopeOf } from '../../lib/envelope.mjs'
import { lastSettled } from '../../lib/last-settled.mjs'
import { ROOT } from '../../lib/machine.mjs'
import { limitConsume } from '../../rabbitmq/movers/limit.mjs'

/** The real command in a fresh process: survey, plan, archive with index, acks, seal, balance sheet. */
const spillway = (name, flags) => ({
  name,
  drains: true,
  leavesNone: true,
  missing: tools => (tools.spillway ? undefined : 'dist/ is not there; run npm run build'),
  command: ({ broker, source, dir }) => ({
    file: process.execPath,
    args: [
      ...[join(ROOT, 'bin', 'spillway.js'), 'discard', `${broker.url}//${source}`, '--management', broker.management],
      ...['--all', ...flags, '--execute', '--yes', '--confirm', source, '--output', 'json'],
    ],
    env: { SPILLWAY_HOME: join(dir, 'home') },
  }),
  verdict: ({ stdout }, { records }) => wrongSheet(stdout, records),
  told: ({ stdout }, { dir }) => ({
    letGo: (lastSettled(join(dir, 'home')) - Date.parse(envelopeOf(stdout).startedAt)) / 1000,
  }),
})

/** What is wrong with the balance sheet of a discard that should have let go of so many; undefined where nothing is. */
function wrongSheet(stdout, records) {
  const envelope = envelopeOf(stdout)
  if (!envelope?.ledger) return 'no envelope on stdout'
  const { read, dropped } = envelope.ledger
  const isExact = Number(read) === records && Number(dropped) === records && envelope.duplicatesAtMost === '0'
  if (envelope.state === 'complete' && envelope.balanced === true && isExact) return undefined
  return `state ${envelope.state}, balanced ${envelope.balanced}, ledger ${JSON.stringify(envelope.ledger)}`
}

/** amqplib, consuming and dropping: prefetch 2000, one ack for 500, no ledger. */
const amqplibDrop = {
  name: 'amqplib-drop',
  drains: true,
  leavesNone: true,
  missing: tools => (tools.amqplib ? undefined : 'its package is not installed'),
  command: ({ broker, source, set }) => ({
    file: process.execPath,
    args: [fileURLToPath(new URL('./amqplib-drop.mjs', import.meta.url)), broker.url, source, String(set.records)],
  }),
}

/** Movers by name. */
export const MOVERS = Object.fromEntries(
  [
    spillway('spillway', []),
    spillway('spillway-no-archive', ['--no-archive', '--max-messages', '1000000000']),
    amqplibDrop,
    limitConsume,
  ].map(mover => [mover.name, mover]),
)

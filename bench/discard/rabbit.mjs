import { parseArgs } from 'node:util'
import { names, positive } from '../lib/arguments.mjs'
import { say } from '../lib/command.mjs'
import { factLines } from '../lib/machine.mjs'
import { goalLines, spread, table } from '../lib/table.mjs'
import { present } from '../lib/turns.mjs'
import { writeResults } from '../lib/write.mjs'
import { copies, startups } from '../rabbitmq/lib/rounds.mjs'
import { inSession } from '../rabbitmq/lib/session.mjs'
import { SETS } from '../rabbitmq/lib/sets.mjs'
import { facts } from '../rabbitmq/report/facts.mjs'
import { ratio, summarize } from '../rabbitmq/report/summary.mjs'
import { moversTable, startupTable } from '../rabbitmq/report/tables.mjs'
import { MOVERS } from './rabbit/movers.mjs'

const OURS = 'spillway'
const PEER = 'amqplib-drop'
const LEAST = 0.9

const USAGE = `npm run bench:discard -- rabbitmq [options]
  --sets ${Object.keys(SETS).join(',')}
  --movers ${Object.keys(MOVERS).join(',')}
  --rounds 3               every mover runs once a round, in turn
  --records-scale 1        0.1 lets go of a tenth of each set
  --startup-runs 3         queues of 30 messages, to know each mover's start-up
  --version 4              RabbitMQ 4.0, fetched by the lab; default: the machine's own
  --broker HOST:PORT       a node that already runs on this machine (bench/rabbitmq/serve.mjs)
  --management URL         its management API; default http://HOST:15672
  --check                  print each goal with its measured figure
  --no-write               leave bench/results alone`

/** Spillway lets go of queues, archive and index included, beside who consumes and drops the same. */
export async function bench(argv) {
  const options = readOptions(argv)
  if (options.help) return console.log(USAGE)
  const measured = { startedAt: new Date().toISOString(), results: [] }
  try {
    await inSession(options, session => measureAll(session, options, measured))
  } finally {
    // What was measured before a stop counts.
    if (measured.results.length > 0) publish(measured, options)
  }
  const wrong = [...measured.startupRuns, ...measured.results].filter(({ problem }) => problem)
  if (wrong.length > 0) throw new Error(`${wrong.length} runs were wrong: ${wrong[0].mover}: ${wrong[0].problem}`)
}

function readOptions(argv) {
  const text = (byDefault = undefined) => ({ type: 'string', ...(byDefault && { default: byDefault }) })
  const flag = { type: 'boolean', default: false }
  const { values } = parseArgs({
    args: argv,
    options: {
      sets: text(Object.keys(SETS).join(',')),
      movers: text(Object.keys(MOVERS).join(',')),
      rounds: text('3'),
      'records-scale': text('1'),
      'startup-runs': text('3'),
      version: text(),
      broker: text(),
      management: text(),
      check: flag,
      'no-write': flag,
      help: { ...flag, short: 'h' },
    },
  })
  return {
    help: values.help,
    sets: names(values.sets, SETS, '--sets'),
    movers: names(values.movers, MOVERS, '--movers'),
    rounds: positive(values.rounds, '--rounds'),
    scale: positive(values['records-scale'], '--records-scale'),
    startupRuns: positive(values['startup-runs'], '--startup-runs'),
    place: { version: values.version, broker: values.broker, management: values.management },
    check: values.check,
    write: !values['no-write'],
  }
}

async function measureAll(session, options, measured) {
  const { movers, absent } = present(options.movers, session.tools)
  const types = [...new Set(options.sets.map(({ type }) => type))]
  const { rounds, scale } = options
  Object.assign(measured, { machine: facts(session), absent, asked: { rounds, scale } })
  const { runs, medians } = await startups(session, { movers, types, rounds: options.startupRuns })
  Object.assign(measured, { startup: medians, startupRuns: runs })
  for (const set of options.sets) await copies(session, { movers, set, ...options }, measured.results)
}

function publish(measured, options) {
  measured.endedAt = new Date().toISOString()
  measured.rows = summarize(measured.results, measured.startup)
  measured.goals = goalsOf(measured)
  const text = textOf(measured)
  console.log(text)
  if (options.check) console.log(goalLines(measured.goals).join('\n'))
  const suffix = `-discard-rabbitmq-${measured.machine.rabbitmq}`
  if (options.write) say(`written: ${writeResults(measured, text, suffix)}.{json,md}`)
}

const setsOf = ({ results }) => [...new Set(results.map(({ set }) => set))]

const goalsOf = measured =>
  setsOf(measured).map(set => {
    const text = `${OURS}, archive and index synced, at least ${LEAST}x ${PEER} on ${set}`
    const value = ratio(measured, { set, ours: OURS, peer: PEER, of: 'letGo' })?.median
    if (value === undefined) return { text, verdict: 'not measured' }
    return { text, value, verdict: value >= LEAST ? 'met' : 'NOT met' }
  })

function textOf(measured) {
  const { startedAt, endedAt, machine, asked, startup, rows, results, goals } = measured
  const sizes = [...new Set(results.map(({ set, records }) => `${set} ${records.toLocaleString('en')}`))]
  const about = `${asked.rounds} rounds of ${sizes.join(', ')} messages, movers in turn, until ${endedAt.slice(11, 16)}Z. Net: start-up apart, CPU too. Let go: until the last message was acked, archive and index synced; the rest of a run is digests and Parquet, with the queue empty.`
  return [
    `# Bench of discard on RabbitMQ, ${startedAt.slice(0, 16)}Z\n\n${about}`,
    factLines(machine).join('\n'),
    startupTable(startup),
    moversTable(rows),
    ratiosTable(measured),
    `## Goals\n\n${goalLines(goals)
      .map(line => `    ${line}`)
      .join('\n')}`,
  ].join('\n\n')
}

function ratiosTable(measured) {
  const sets = setsOf(measured)
  const ours = [...new Set(measured.results.map(({ mover }) => mover))].filter(mover => mover !== PEER)
  const cell = (set, mover, of) => spread(ratio(measured, { set, ours: mover, peer: PEER, of }))
  const rows = of => ours.map(mover => [`${mover} / ${PEER}`, ...sets.map(set => cell(set, mover, of))])
  return [
    table(['ratio of msg/s until let go', ...sets], rows('letGo')),
    table(['ratio of msg/s net, whole run', ...sets], rows('rate')),
  ].join('\n\n')
}

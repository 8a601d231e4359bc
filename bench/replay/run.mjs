// Rows of a database sent again, beside the two halves of it alone, and beside what people write by hand: `npm run bench:replay -- --check`

import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { inSession } from '../kafka/lib/session.mjs'
import { machineFacts } from '../kafka/report/facts.mjs'
import { names, positive } from '../lib/arguments.mjs'
import { main, say } from '../lib/command.mjs'
import { measure } from '../lib/measure.mjs'
import { median } from '../lib/stats.mjs'
import { turned } from '../lib/turns.mjs'
import { DATABASES, windowOf } from './databases.mjs'
import { MOVERS } from './movers.mjs'
import { publish } from './report.mjs'

const USAGE = `npm run bench:replay -- [options]
  --databases postgres,mariadb
  --movers all             ${Object.keys(MOVERS).join(', ')}
  --rows 500000            of about 300 bytes
  --rounds 3               every mover runs once a round, in turn
  --startup-runs 3         the same with 30 rows
  --check                  say of each goal whether it is met
  --broker HOST:PORT       a broker that already runs on this machine (bench/kafka/serve.mjs)
  --note TEXT              what a reader must know of this run
  --no-write               leave bench/results alone`

const PARTITIONS = 6
const PATIENCE_MS = 120_000
const STARTUP_ROWS = 30
let serial = 0

await main(async argv => {
  const options = readOptions(argv)
  if (options.help) return console.log(USAGE)
  const measured = { startedAt: new Date().toISOString(), startups: [], results: [] }
  try {
    await inSession(options, session => measureAll(session, options, measured))
  } finally {
    // What was measured before a stop counts.
    if (measured.results.length > 0) publish(measured, options)
  }
  const wrong = [...measured.startups, ...measured.results].filter(({ problem }) => problem)
  if (wrong.length > 0) throw new Error(`${wrong.length} runs were wrong: ${wrong[0].mover}: ${wrong[0].problem}`)
})

function readOptions(argv) {
  const text = byDefault => ({ type: 'string', ...(byDefault && { default: byDefault }) })
  const flag = { type: 'boolean', default: false }
  const { values } = parseArgs({
    args: argv,
    options: {
      databases: text('postgres,mariadb'),
      movers: text('all'),
      rows: text('500000'),
      rounds: text('3'),
      'startup-runs': text('3'),
      check: flag,
      broker: text(),
      note: text(),
      'no-write': flag,
      help: { ...flag, short: 'h' },
    },
  })
  return {
    ...values,
    databases: names(values.databases, DATABASES, '--databases'),
    movers: names(values.movers, MOVERS, '--movers'),
    rows: positive(values.rows, '--rows'),
    rounds: positive(values.rounds, '--rounds'),
    startups: positive(values['startup-runs'], '--startup-runs'),
    write: !values['no-write'],
  }
}

async function measureAll(session, options, measured) {
  const { rows, rounds, startups, note } = options
  const facts = machineFacts(session)
  Object.assign(measured, { machine: note ? { ...facts, note } : facts, asked: { rows, rounds } })
  for (const { name, open } of options.databases) {
    const database = await open(2 * Math.ceil(rows / 2))
    try {
      measured.machine[name] = database.version
      const all = { session, database, name, movers: options.movers }
      await inTurns(all, { rounds: 1, rowsOf: () => STARTUP_ROWS, take: () => undefined })
      await inTurns(all, { rounds: startups, rowsOf: () => STARTUP_ROWS, take: run => measured.startups.push(run) })
      const rowsOf = ({ share = 1 }) => 2 * Math.ceil((rows * share) / 2)
      await inTurns(all, { rounds, rowsOf, take: run => measured.results.push(net(run, measured.startups)) })
    } finally {
      await database.stop()
    }
  }
}

async function inTurns({ session, database, name, movers }, { rounds, rowsOf, take }) {
  for (let round = 1; round <= rounds; round++)
    for (const mover of turned(movers, round)) {
      const rows = rowsOf(mover)
      const run = { database: name, mover: mover.name, round, rows, ...(await one(session, { mover, database, rows })) }
      take(run)
      say(
        `${name} ${round}/${rounds} ${mover.name}: ${run.problem ?? `${rows} rows, ${run.wall.toFixed(2)} s, ${Math.round(run.peak / 1e6)} MB`}`,
      )
    }
}

/** Seconds beyond the start-up of the same mover on the same database. */
function net(run, startups) {
  const like = startups.filter(
    ({ mover, database, problem }) => mover === run.mover && database === run.database && !problem,
  )
  const startup = median(like.map(({ wall }) => wall)) ?? 0
  return { ...run, startup, seconds: Math.max(0.01, run.wall - startup) }
}

async function one({ broker, scratch, topics }, { mover, database, rows }) {
  const id = `${process.pid}-${++serial}`
  const [dir, topic] = [join(scratch, `run-${id}`), `bench-replay-${id}`]
  mkdirSync(dir)
  await topics.create(topic, PARTITIONS)
  const ran = await measure(mover.command({ database, broker, topic, dir, rows, window: windowOf(rows) }), {
    dir,
    brokerPid: broker.pid,
    patience: PATIENCE_MS,
  })
  const problem = ran.code === 0 ? mover.wrong(ran, rows) : `exit ${ran.code}: ${ran.stderr}`
  rmSync(dir, { recursive: true, force: true })
  await topics.remove([topic])
  const { wall, moverCpu, brokerCpu, peak, busy, other, iowait } = ran
  return { wall, moverCpu, brokerCpu, peak, busy, other, iowait, ...(problem ? { problem } : {}) }
}

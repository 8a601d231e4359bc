import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { fillSource } from '../kafka/lib/fill.mjs'
import { inSession } from '../kafka/lib/session.mjs'
import { SETS, SOURCE_PARTITIONS, scaled } from '../kafka/lib/sets.mjs'
import { machineFacts } from '../kafka/report/facts.mjs'
import { names, positive } from '../lib/arguments.mjs'
import { say } from '../lib/command.mjs'
import { factLines } from '../lib/machine.mjs'
import { measure } from '../lib/measure.mjs'
import { median } from '../lib/stats.mjs'
import { fixed, goalLines, percent, table } from '../lib/table.mjs'
import { turned } from '../lib/turns.mjs'
import { writeResults } from '../lib/write.mjs'
import { MOVERS } from './kafka/movers.mjs'

const OURS = 'spillway'
const PEER = 'ConsumerPerformance'
const LEAST = 0.7
const PATIENCE_MS = 300_000

const USAGE = `npm run bench:discard -- kafka [options]
  --sets 1k,lz4,100b       also: ${Object.keys(SETS).join(', ')}
  --rounds 5               both run once a round, in turn
  --records-scale 0.25     1 reads the whole of each set, 4 GB and more
  --broker HOST:PORT       a broker that already runs on this machine (bench/kafka/serve.mjs)
  --note TEXT              what a reader must know of this run
  --no-write               leave bench/results alone`

/** Spillway lets go of topics, archive and index included, beside Kafka's own consumer that reads the same and keeps nothing. */
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
  const wrong = measured.results.filter(({ problem }) => problem)
  if (wrong.length > 0) throw new Error(`${wrong.length} runs were wrong: ${wrong[0].mover}: ${wrong[0].problem}`)
}

function readOptions(argv) {
  const text = byDefault => ({ type: 'string', ...(byDefault && { default: byDefault }) })
  const { values } = parseArgs({
    args: argv,
    options: {
      sets: text('1k,lz4,100b'),
      rounds: text('5'),
      'records-scale': text('0.25'),
      broker: text(),
      note: text(),
      'no-write': { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  return {
    help: values.help,
    sets: names(values.sets, SETS, '--sets'),
    rounds: positive(values.rounds, '--rounds'),
    scale: positive(values['records-scale'], '--records-scale'),
    broker: values.broker,
    note: values.note,
    write: !values['no-write'],
  }
}

async function measureAll(session, options, measured) {
  const { rounds, scale, note } = options
  const facts = machineFacts(session)
  Object.assign(measured, { machine: note ? { ...facts, note } : facts, asked: { rounds, scale } })
  for (const whole of options.sets) {
    const set = scaled(whole, scale)
    const source = await fillSource(session, set)
    for (let round = 1; round <= rounds; round++)
      for (const mover of turned(MOVERS, round)) {
        const result = await one(session, { mover, set, source, round })
        measured.results.push(result)
        say(`${set.name} ${round}/${rounds} ${mover.name}: ${wordsOf(result)}`)
      }
    await session.topics.remove([source])
  }
}

const wordsOf = ({ problem, seconds, records, busy, other }) =>
  problem ?? `${fixed(records / seconds, 0)}/s, busy ${percent(busy)} %, others ${percent(other)} %`

let serial = 0

async function one({ broker, scratch, topics }, { mover, set, source, round }) {
  const id = `${process.pid}-${++serial}`
  const dir = join(scratch, `run-${id}`)
  const group = `bench-${id}`
  mkdirSync(dir)
  await topics.groupAtStart(group, source, SOURCE_PARTITIONS)
  topics.warm(source)
  const ran = await measure(mover.command({ broker, source, set, dir, group }), {
    dir,
    brokerPid: broker.pid,
    patience: PATIENCE_MS,
  })
  const told = ran.code === 0 ? mover.read(ran, { dir, set }) : { problem: `exit ${ran.code}: ${ran.stderr}` }
  rmSync(dir, { recursive: true, force: true })
  await topics.dropGroups()
  const { wall, moverCpu, brokerCpu, peak, busy, other, iowait } = ran
  return {
    mover: mover.name,
    set: set.name,
    round,
    records: set.records,
    wall,
    moverCpu,
    brokerCpu,
    peak,
    busy,
    other,
    iowait,
    ...told,
  }
}

function publish(measured, options) {
  measured.endedAt = new Date().toISOString()
  measured.rows = rowsOf(measured.results)
  measured.goals = goalsOf(measured.rows)
  const text = textOf(measured)
  console.log(text)
  if (options.write) say(`written: ${writeResults(measured, text, '-discard-kafka')}.{json,md}`)
}

function rowsOf(results) {
  const keys = [...new Set(results.map(({ set, mover }) => `${set} ${mover}`))]
  // Both have read the same records: what the peer counts of them is the measure of both.
  const sizes = new Map(results.flatMap(({ set, megabytes }) => (megabytes === undefined ? [] : [[set, megabytes]])))
  return keys.map(key => {
    const runs = results.filter(each => `${each.set} ${each.mover}` === key && !each.problem)
    const of = figure => median(runs.map(figure).filter(value => value !== undefined))
    const [set, mover] = key.split(' ')
    const megabytes = sizes.get(set)
    const rate = seconds => run => (run[seconds] === undefined ? undefined : megabytes / run[seconds])
    return {
      ...{ set, mover, runs: runs.length },
      rate: of(rate('seconds')),
      sealed: of(rate('sealed')),
      fetch: of(rate('fetch')),
      cpu: of(({ moverCpu }) => (moverCpu / megabytes) * 1024),
      brokerCpu: of(({ brokerCpu }) => (brokerCpu / megabytes) * 1024),
      peak: of(({ peak }) => peak),
      busy: of(({ busy }) => busy),
      other: of(({ other }) => other),
      iowait: of(({ iowait }) => iowait),
    }
  })
}

const goalsOf = rows =>
  [...new Set(rows.map(({ set }) => set))].map(set => {
    const rate = mover => rows.find(row => row.set === set && row.mover === mover)?.rate
    const text = `${OURS}, archive and index synced, at least ${LEAST}x ${PEER} in MB/s on ${set}`
    const value = rate(OURS) / rate(PEER)
    if (!Number.isFinite(value)) return { text, verdict: 'not measured' }
    return { text, value, verdict: value >= LEAST ? 'met' : 'NOT met' }
  })

const HEAD = [
  'set',
  'mover',
  'runs',
  'MB/s',
  'sealed MB/s',
  'fetch MB/s',
  'CPU s/GB',
  'broker s/GB',
  'RSS MB',
  'busy %',
  'other %',
  'iowait %',
]

function textOf({ startedAt, endedAt, machine, asked, rows, goals }) {
  const cells = row => [
    ...[row.set, row.mover, row.runs, fixed(row.rate, 0), fixed(row.sealed, 0), fixed(row.fetch, 0)],
    ...[
      fixed(row.cpu, 2),
      fixed(row.brokerCpu, 2),
      fixed(row.peak / 1e6, 0),
      percent(row.busy),
      percent(row.other),
      percent(row.iowait),
    ],
  ]
  return [
    `# Bench of discard on Kafka, ${startedAt.slice(0, 16)}Z\n\nMedians of ${asked.rounds} rounds, ${asked.scale} of each set, in turn, until ${endedAt.slice(11, 16)}Z.`,
    `MB/s: of keys and values, as ConsumerPerformance counts them, until the last offset has moved: claimed, archive and index synced, let go; of ConsumerPerformance its MB.sec. Sealed: until the end of the run, with digests and Parquet. Fetch: its fetch.MB.sec, without joining the group.`,
    factLines(machine).join('\n'),
    table(HEAD, rows.map(cells)),
    `## Goals\n\n${goalLines(goals)
      .map(line => `    ${line}`)
      .join('\n')}`,
  ].join('\n\n')
}

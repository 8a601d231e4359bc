import { main, say } from '../lib/command.mjs'
import { factLines } from '../lib/machine.mjs'
import { goalLines } from '../lib/table.mjs'
import { present } from '../lib/turns.mjs'
import { writeResults } from '../lib/write.mjs'
import { readOptions, USAGE } from './lib/options.mjs'
import { copies, startups } from './lib/rounds.mjs'
import { inSession } from './lib/session.mjs'
import { facts } from './report/facts.mjs'
import { judgeGoals } from './report/goals.mjs'
import { summarize } from './report/summary.mjs'
import { moversTable, ratiosTable, startupTable } from './report/tables.mjs'

await main(async argv => {
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
  if (wrong.length > 0)
    throw new Error(`${wrong.length} copies were wrong: ${[...new Set(wrong.map(wrongLine))].join('; ')}`)
})

async function measureAll(session, options, measured) {
  const { movers, absent } = present(options.movers, session.tools)
  const types = [...new Set(options.sets.map(({ type }) => type))]
  Object.assign(measured, { machine: facts(session), absent, asked: askedOf(options) })
  const { runs, medians } = await startups(session, { movers, types, rounds: options.startupRuns })
  Object.assign(measured, { startup: medians, startupRuns: runs })
  for (const set of options.sets) await copies(session, { movers, set, ...options }, measured.results)
}

function askedOf({ rounds, scale, sets }) {
  return { rounds, scale, sets: sets.map(({ name }) => name) }
}

function publish(measured, options) {
  measured.endedAt = new Date().toISOString()
  measured.rows = summarize(measured.results, measured.startup)
  measured.goals = judgeGoals(measured)
  const text = textOf(measured)
  console.log(text)
  if (options.check) console.log(goalLines(measured.goals).join('\n'))
  if (options.write) say(`written: ${writeResults(measured, text, `-rabbitmq-${measured.machine.rabbitmq}`)}.{json,md}`)
}

function textOf(measured) {
  const { startedAt, endedAt, machine, asked, absent, startup, rows, results, goals } = measured
  const minutes = startedAt.slice(0, 16)
  const sizes = [...new Set(results.map(({ set, records }) => `${set} ${records.toLocaleString('en')}`))]
  const about = `${asked.rounds} rounds of ${sizes.join(', ')} messages, movers in turn, until ${endedAt.slice(11, 16)}Z. Net: start-up apart, CPU too.`
  const sections = [
    `# RabbitMQ bench, ${minutes}Z\n\n${about}`,
    factLines(machine).join('\n'),
    ...(absent.length > 0 ? [absent.map(({ name, reason }) => `- left out: ${name}: ${reason}`).join('\n')] : []),
    startupTable(startup),
    moversTable(rows),
    ...(rows.some(({ drowned }) => !drowned)
      ? ['\\* start-up is over a quarter of this copy: copy more messages to compare it.']
      : []),
    ...leftovers(results),
    ...ratios(measured),
    `## Goals\n\n${goalLines(goals)
      .map(line => `    ${line}`)
      .join('\n')}`,
  ]
  return sections.join('\n\n')
}

/** What a mover copied and left in its source, since its last acks were not taken: it would copy that again. */
function leftovers(results) {
  const lines = results
    .filter(({ left }) => left > 0)
    .map(
      ({ set, round, mover, left }) => `- ${set}, round ${round}: ${mover} left ${left} copied messages in the source`,
    )
  return lines.length > 0 ? [lines.join('\n')] : []
}

/** Nothing to compare where ours did not run. */
function ratios(measured) {
  const ran = measured.results.some(({ mover }) => mover.startsWith('spillway'))
  return ran ? ['rate', 'moverCpu'].map(of => ratiosTable(measured, of)) : []
}

function wrongLine({ set, mover, problem }) {
  return `${mover} on ${set}: ${problem}`
}

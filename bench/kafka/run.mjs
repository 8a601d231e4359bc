import { main, say } from '../lib/command.mjs'
import { factLines } from '../lib/machine.mjs'
import { goalLines } from '../lib/table.mjs'
import { present } from '../lib/turns.mjs'
import { writeResults } from '../lib/write.mjs'
import { readOptions, USAGE } from './lib/options.mjs'
import { copies, startups } from './lib/rounds.mjs'
import { inSession } from './lib/session.mjs'
import { SETS } from './lib/sets.mjs'
import { machineFacts } from './report/facts.mjs'
import { judgeGoals } from './report/goals.mjs'
import { summarize } from './report/summary.mjs'
import { moversTable, ratiosTable, startupTable } from './report/tables.mjs'

await main(async argv => {
  const options = readOptions(argv)
  if (options.help) return console.log(USAGE)
  await inSession(options, async session => {
    const measured = await measureAll(session, options)
    const text = textOf(measured)
    console.log(text)
    if (options.check) console.log(goalLines(measured.goals).join('\n'))
    if (options.write) say(`written: ${writeResults(measured, text)}.{json,md}`)
    const wrong = [...measured.startupRuns, ...measured.results].filter(({ problem }) => problem)
    if (wrong.length > 0)
      throw new Error(`${wrong.length} copies were wrong: ${[...new Set(wrong.map(wrongLine))].join('; ')}`)
  })
})

async function measureAll(session, options) {
  const startedAt = new Date().toISOString()
  const { movers, absent } = present(options.movers, session.tools)
  const { runs: startupRuns, medians: startup } = await startups(session, movers, options.startupRuns)
  const results = []
  for (const set of options.sets)
    results.push(...(await copies(session, { movers, set, scale: options.scale, rounds: options.rounds })))
  const rows = summarize(results, startup, name => SETS[name])
  const goals = judgeGoals({ results, startup, rows })
  const asked = { rounds: options.rounds, scale: options.scale, sets: options.sets.map(({ name }) => name) }
  return { startedAt, machine: machineFacts(session), asked, absent, startup, rows, goals, startupRuns, results }
}

function textOf({ startedAt, machine, asked, absent, startup, rows, results, goals }) {
  const about = `${asked.rounds} rounds, ${asked.scale} of each set, movers in turn. Net: start-up apart; MirrorMaker 2 while it moves.`
  const sections = [
    `# Kafka bench, ${startedAt.slice(0, 16)}Z\n\n${about}`,
    factLines(machine).join('\n'),
    ...(absent.length > 0 ? [absent.map(({ name, reason }) => `- left out: ${name}: ${reason}`).join('\n')] : []),
    startupTable(startup),
    moversTable(rows),
    ...(rows.some(({ drowned }) => !drowned)
      ? ['\\* start-up is over a quarter of this copy: copy more records to compare it.']
      : []),
    ...ratios(results, startup),
    `## Goals\n\n${goalLines(goals)
      .map(line => `    ${line}`)
      .join('\n')}`,
  ]
  return sections.join('\n\n')
}

/** Nothing to compare where ours did not run. */
function ratios(results, startup) {
  return results.some(({ mover }) => mover.startsWith('spillway')) ? [ratiosTable(results, startup)] : []
}

function wrongLine({ set, mover, problem }) {
  return `${mover} on ${set}: ${problem}`
}

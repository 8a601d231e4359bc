// 30 messages from exec to exit, for each type of queue: plan, ten queues and balance sheet included.
import { main } from '../lib/command.mjs'
import { present } from '../lib/turns.mjs'
import { readOptions } from './lib/options.mjs'
import { startups } from './lib/rounds.mjs'
import { inSession } from './lib/session.mjs'
import { startupTable } from './report/tables.mjs'

await main(async argv => {
  const chosen = argv.some(arg => arg.startsWith('--mover')) ? argv : [...argv, '--movers', 'spillway,spillway-key']
  const options = readOptions(chosen)
  await inSession(options, async session => {
    const { movers } = present(options.movers, session.tools)
    const types = [...new Set(options.sets.map(({ type }) => type))]
    const { runs, medians } = await startups(session, { movers, types, rounds: Math.max(5, options.startupRuns) })
    console.log(startupTable(medians))
    const wrong = runs.find(({ problem }) => problem)
    if (wrong) throw new Error(`${wrong.mover}: ${wrong.problem}`)
  })
})

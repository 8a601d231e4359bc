// 30 records from exec to exit; ours must stay under 1.5 s, plan, topic and proof included.

import { main } from '../lib/command.mjs'
import { present } from '../lib/turns.mjs'
import { readOptions } from './lib/options.mjs'
import { startups } from './lib/rounds.mjs'
import { inSession } from './lib/session.mjs'
import { startupTable } from './report/tables.mjs'

const GOAL_SECONDS = 1.5

await main(async argv => {
  const options = readOptions(
    argv.some(arg => arg.startsWith('--mover')) ? argv : [...argv, '--movers', 'spillway-key,spillway-none'],
  )
  await inSession(options, async session => {
    const { movers } = present(options.movers, session.tools)
    const { runs, medians } = await startups(session, movers, Math.max(5, options.startupRuns))
    console.log(startupTable(medians))
    for (const [name, seconds] of Object.entries(medians).filter(([mover]) => mover.startsWith('spillway')))
      console.log(
        `${name}: ${seconds?.toFixed(2)} s, goal under ${GOAL_SECONDS} s: ${seconds < GOAL_SECONDS ? 'met' : 'NOT met'}`,
      )
    const wrong = runs.find(({ problem }) => problem)
    if (wrong) throw new Error(`${wrong.mover}: ${wrong.problem}`)
  })
})

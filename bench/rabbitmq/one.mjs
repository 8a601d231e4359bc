// One mover on one set, again and again: for profiling. --broker of serve.mjs saves the start.
import { main } from '../lib/command.mjs'
import { present } from '../lib/turns.mjs'
import { copy } from './lib/copy.mjs'
import { readOptions, USAGE } from './lib/options.mjs'
import { startups } from './lib/rounds.mjs'
import { inSession } from './lib/session.mjs'
import { scaled } from './lib/sets.mjs'
import { summarize } from './report/summary.mjs'
import { moversTable } from './report/tables.mjs'

await main(async argv => {
  const options = readOptions(argv)
  if (options.help) return console.log(USAGE)
  await inSession(options, async session => {
    const { movers } = present(options.movers.slice(0, 1), session.tools)
    const set = scaled(options.sets[0], options.scale)
    const { medians } = await startups(session, { movers, types: [set.type], rounds: 1 })
    const results = []
    for (let round = 1; round <= options.rounds; round++)
      for (const mover of movers) {
        const result = { round, type: set.type, ...(await copy(session, mover, set, { digest: round === 1 })) }
        results.push(result)
        console.log(JSON.stringify(result))
      }
    console.log(moversTable(summarize(results, medians)))
  })
})

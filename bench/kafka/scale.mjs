// Cost per record and peak memory of ours for 100k, 1M and 10M records: both must stay flat.

import { main } from '../lib/command.mjs'
import { netSeconds } from '../lib/stats.mjs'
import { table } from '../lib/table.mjs'
import { present } from '../lib/turns.mjs'
import { readOptions } from './lib/options.mjs'
import { copies, startups } from './lib/rounds.mjs'
import { inSession } from './lib/session.mjs'

const SIZES = [100_000, 1_000_000, 10_000_000]

await main(async argv => {
  const chosen = [
    ['--set', '100b'],
    ['--mover', 'spillway-key'],
    ['--rounds', '1'],
  ]
  const options = readOptions([...chosen.filter(([flag]) => !argv.includes(flag)).flat(), ...argv])
  await inSession(options, async session => {
    const { movers } = present(options.movers, session.tools)
    const { medians } = await startups(session, movers, options.startupRuns)
    const results = []
    for (const records of SIZES)
      for (const set of options.sets)
        results.push(
          ...(await copies(session, {
            movers,
            set: { ...set, records },
            scale: options.scale,
            rounds: options.rounds,
          })),
        )
    console.log(
      table(
        ['records set mover', 's', 'µs/record net', 'mover CPU µs/record', 'peak RSS MB'],
        results.map(result => rowOf(medians, result)),
      ),
    )
    const wrong = results.find(({ problem }) => problem)
    if (wrong) throw new Error(`${wrong.mover} on ${wrong.records} records: ${wrong.problem}`)
  })
})

function rowOf(startup, result) {
  const micros = seconds => ((seconds / result.records) * 1e6).toFixed(2)
  const net = netSeconds(result.wall, startup[result.mover])
  const name = `${result.records} ${result.set} ${result.mover}`
  return [name, result.wall.toFixed(2), micros(net), micros(result.moverCpu), Math.round(result.peak / 1e6)]
}

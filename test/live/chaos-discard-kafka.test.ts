import { resolve } from 'node:path'
import { expect, inject, it } from 'vitest'
import { connect } from '../../src/brokers/kafka/link.js'
import { randomFrom } from '../../src/lab/fill/random.js'
import { stopping } from '../chaos/ctrl-c.js'
import { Backlogs } from '../chaos/kafka/backlogs.js'
import { discardSystem, discards } from '../chaos/kafka/discard.js'
import { campaign, inWords } from '../chaos/run.js'

const SEED = 20_261_121
const KILLS = 12
const RECORDS = 20_000

it(`keeps exactly what a discard let go over ${KILLS} kills at random moments (seed ${SEED})`, {
  timeout: 300_000,
}, async () => {
  const place = inject('kafka41')
  await using link = await connect({ brokers: place.brokers })
  const world = { random: randomFrom(SEED), bin: resolve('bin/spillway.js') }
  const backlogs = new Backlogs(place, link, RECORDS)
  const system = discardSystem({ ...world, place, link, backlogs }, [stopping(world.random, { every: 3 })])
  const asked = { kills: KILLS, killsPerCopy: 7, pairings: discards(['all/aborts', 'age/mixed', 'all/lz4']) }
  let kills = 0
  for await (const outcome of campaign(world, system, asked)) {
    process.stderr.write(`${inWords(outcome)}\n`)
    expect(outcome.problems, inWords(outcome)).toEqual([])
    kills += outcome.killed.length
  }
  expect(kills).toBe(KILLS)
})

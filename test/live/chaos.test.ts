import { resolve } from 'node:path'
import { expect, inject, it } from 'vitest'
import { connect } from '../../src/brokers/kafka/link.js'
import { randomFrom } from '../../src/lab/fill/random.js'
import { stopping } from '../chaos/ctrl-c.js'
import { Backlogs } from '../chaos/kafka/backlogs.js'
import { kafkaSystem } from '../chaos/kafka/copy.js'
import { pairings } from '../chaos/kafka/sources.js'
import { campaign, inWords } from '../chaos/run.js'

const SEED = 20_261_121
const KILLS = 15
const RECORDS = 90_000

it(`loses nothing and doubles nothing over ${KILLS} kills at random moments (seed ${SEED})`, {
  timeout: 300_000,
}, async () => {
  const place = inject('kafka41')
  await using link = await connect({ brokers: place.brokers })
  const world = { random: randomFrom(SEED), bin: resolve('bin/spillway.js') }
  const backlogs = new Backlogs(place, link, RECORDS)
  const system = kafkaSystem({ ...world, place, link, backlogs }, [stopping(world.random, { every: 3 })])
  const asked = {
    kills: KILLS,
    killsPerCopy: 5,
    pairings: pairings(['key/mixed', 'none/lz4', 'counting/mixed', 'key/aborts']),
  }
  let kills = 0
  for await (const outcome of campaign(world, system, asked)) {
    process.stderr.write(`${inWords(outcome)}\n`)
    expect(outcome.problems, inWords(outcome)).toEqual([])
    kills += outcome.killed.length
  }
  expect(kills).toBe(KILLS)
})

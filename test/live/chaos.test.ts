import { resolve } from 'node:path'
import { expect, inject, it } from 'vitest'
import { connect } from '../../src/brokers/kafka/link.js'
import { randomFrom } from '../../src/lab/fill/random.js'
import { Backlogs } from '../chaos/backlogs.js'
import type { World } from '../chaos/copy.js'
import { campaign, inWords } from '../chaos/run.js'
import { pairings } from '../chaos/sources.js'

const SEED = 20_261_121
const KILLS = 15
const RECORDS = 90_000

it(`loses nothing and doubles nothing over ${KILLS} kills at random moments (seed ${SEED})`, {
  timeout: 300_000,
}, async () => {
  const place = inject('kafka41')
  await using link = await connect({ brokers: place.brokers })
  const random = randomFrom(SEED)
  const world: World = {
    place,
    link,
    random,
    backlogs: new Backlogs(place, link, RECORDS),
    bin: resolve('bin/spillway.js'),
  }
  const asked = {
    kills: KILLS,
    killsPerCopy: 5,
    brokerKills: 0,
    pairings: pairings(['key/mixed', 'none/lz4', 'counting/mixed', 'key/aborts']),
  }
  let kills = 0
  for await (const outcome of campaign(world, asked)) {
    process.stderr.write(`${inWords(outcome)}\n`)
    expect(outcome.problems, inWords(outcome)).toEqual([])
    kills += outcome.kills
  }
  expect(kills).toBe(KILLS)
})

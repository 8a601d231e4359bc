import { resolve } from 'node:path'
import { expect, inject, it } from 'vitest'
import { randomFrom } from '../../src/lab/fill/random.js'
import { stopping } from '../chaos/ctrl-c.js'
import { replaySystem } from '../chaos/replay/copy.js'
import { databaseBlows } from '../chaos/replay/labs.js'
import { replays } from '../chaos/replay/tables.js'
import { campaign, inWords } from '../chaos/run.js'
import { withPostgres } from './postgres-lab.js'

const SEED = 20_261_121
const KILLS = 10
const RECORDS = 9000

it(`sends each row once over ${KILLS} kills at random moments, kills of the database among them (seed ${SEED})`, async () => {
  const kafka = inject('kafka41')
  await withPostgres({}, async postgres => {
    const databases = { postgres: postgres.url, mysql: undefined }
    const own = { random: randomFrom(SEED), bin: resolve('bin/spillway.js') }
    const blows = [stopping(own.random, { every: 3 }), ...databaseBlows([postgres], 2)]
    const system = replaySystem({ ...own, kafka, databases, records: RECORDS }, blows)
    const asked = {
      kills: KILLS,
      killsPerCopy: 5,
      pairings: replays(['exact/postgres', 'exact/query', 'idempotent/query']),
    }
    let kills = 0
    for await (const outcome of campaign(own, system, asked)) {
      process.stderr.write(`${inWords(outcome)}\n`)
      expect(outcome.problems, inWords(outcome)).toEqual([])
      kills += outcome.killed.length
    }
    expect(kills).toBe(KILLS)
  })
})

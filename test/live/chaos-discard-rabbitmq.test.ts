import { resolve } from 'node:path'
import { expect, inject, it } from 'vitest'
import { randomFrom } from '../../src/lab/fill/random.js'
import { stopping } from '../chaos/ctrl-c.js'
import { cutting } from '../chaos/rabbitmq/blows.js'
import { discardSystem, discards } from '../chaos/rabbitmq/discard.js'
import { Queues } from '../chaos/rabbitmq/queues.js'
import { campaign, inWords } from '../chaos/run.js'
import { freshVhost } from './rabbit-lab.js'
import { proxyTo } from './tcp-proxy.js'

const SEED = 20_261_121
const KILLS = 10
const MESSAGES = 3000

it(`keeps all that a discard lets go over ${KILLS} kills at random moments (seed ${SEED})`, {
  timeout: 300_000,
}, async () => {
  const { amqpPort, url, managementUrl, settings } = inject('rabbitmq')
  const vhost = await freshVhost({ managementUrl }, `chaos-discard-${process.pid}`)
  const proxy = await proxyTo(amqpPort)
  const queues = new Queues({ url, managementUrl, vhost }, settings, MESSAGES)
  const shared = { random: randomFrom(SEED), bin: resolve('bin/spillway.js'), queues, port: proxy.port, paced: 1 }
  const system = discardSystem(shared, [cutting(proxy), stopping(shared.random, { every: 2, early: 1 })])
  const asked = { kills: KILLS, killsPerCopy: 5, pairings: discards(['all/classic', 'age/quorum', 'most/expiring']) }
  let kills = 0
  for await (const outcome of campaign(shared, system, asked)) {
    process.stderr.write(`${inWords(outcome)}\n`)
    expect(outcome.problems, inWords(outcome)).toEqual([])
    kills += outcome.killed.length
  }
  proxy.close()
  expect(kills).toBeGreaterThanOrEqual(KILLS)
})

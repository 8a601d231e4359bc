import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { findCoordinator } from '../../src/brokers/kafka/admin/coordinator.js'
import { fill } from '../../src/lab/fill/fill.js'
import type { KafkaLab } from '../../src/lab/kafka/options.js'
import { aHandler, expectInOrder, expectOnceInOrder, fanout, startFanout } from './fanout-scene.js'
import { expectNothingLost, measured, moreCalls, sumOf } from './fanout-storm-harness.js'
import { newHome, onLink, told } from './fault-harness.js'
import { startOwn } from './kafka-lab.js'

const GO = ['--execute', '--yes', '--consumers-stopped']
let lab: KafkaLab
beforeAll(async () => {
  lab = await startOwn({ brokers: 3, sasl: 'scram-sha-512', tls: true })
})
afterAll(() => lab.stop())

/** A topic on three brokers, and a home that reaches them by TLS and SASL as cluster `c`. */
async function aTopic(topic: string, records: number, group?: string) {
  const soft = new AbortController().signal
  const request = { settings: lab.settings, topic, records, partitions: 6, size: 200, keys: 300, replication: 3 }
  await fill({ ...request, ...(group === undefined ? {} : { group }) }, { now: () => new Date(), soft })
  const home = await newHome()
  const config = join(home, 'spillway.yaml')
  const { username, password } = lab.settings.sasl ?? {}
  const sasl = { mechanism: 'scram-sha-512', username, password }
  // JSON is YAML.
  await writeFile(config, JSON.stringify({ clusters: { c: { brokers: lab.brokers, tls: { ca: lab.caFile }, sasl } } }))
  return { home, flags: ['--config', config, ...GO] }
}

it('works a source over TLS and SASL', async () => {
  const { home, flags } = await aTopic('cluster-source', 2000, 'cluster-source-g')
  const handler = await aHandler()
  const done = await fanout({ home }, ['c/cluster-source?group=cluster-source-g', '--module', handler.file, ...flags])
  expectOnceInOrder(await handler.calls(), 2000)
  expect(done).toMatchObject({ state: 'complete', balanced: true, duplicatesAtMost: '0' })
})

it('goes on as members, over TLS and SASL, when the coordinator of their group is killed', async () => {
  const [records, topic, group] = [4000, 'cluster.spill.20261121-0000-test', 'cluster-lanes']
  const { home, flags } = await aTopic(topic, records)
  const handler = await aHandler()
  const start = () =>
    startFanout({ home }, [`c/${topic}?group=${group}`, '--module', handler.file, '--rate', '300', ...flags])
  const running = [start(), start()]
  await moreCalls(handler, 400)
  await lab.stopNode(await onLink(lab, link => findCoordinator(link, group, 'group')), 'SIGKILL')
  const ended = await Promise.all(running.map(({ finished }) => finished))
  for (const { code, stdout, stderr } of ended) expect(code, stdout + stderr).toBe(0)
  const runs = ended.map(told)
  const calls = await handler.calls()
  const most = sumOf(runs, ({ duplicatesAtMost }) => duplicatesAtMost)
  measured(`kafka: coordinator killed, ${expectNothingLost(calls, records, most)} twice of at most ${most}`)
  expectInOrder(calls)
  for (const run of runs) expect(run).toMatchObject({ state: 'complete', balanced: true, ledger: { parked: '0' } })
  expect(sumOf(runs, ({ ledger }) => ledger.read)).toBe(records)
})

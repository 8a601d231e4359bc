import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, inject, it } from 'vitest'
import { spillwayIn } from '../chaos/deaths.js'
import { drained } from './fanout-scene.js'
import { measured } from './fanout-storm-harness.js'
import { aBacklog, newHome, targetOf, told } from './fault-harness.js'

/** The promise: resident set of a fan-out, whatever the lag. MB are 10^6 bytes. */
const LIMIT_MB = 300
const MIB = 1.048576
const RECORDS = 500_000

const broker = inject('kafka41')

it(`works ${RECORDS} messages of 1 KiB under ${LIMIT_MB} MB`, async () => {
  const scene = await aBacklog(broker, { records: RECORDS, size: 1024, keys: 50_000, name: 'storm-memory' })
  const run = await drained(scene, 10)
  const file = join(await mkdtemp(join(tmpdir(), 'spillway-handler-')), 'nothing.mjs')
  await writeFile(file, 'export default () => undefined\n')
  const place = `${broker.url}/${targetOf(scene, run)}?group=spillway.${run}`
  const args = ['fanout', place, '--module', file, '--concurrency', '64', '--execute', '--yes']
  const ended = await spillwayIn({ bin: resolve('bin/spillway.js') }, await newHome(), { args })
  expect(ended.code, ended.err + ended.out.slice(-1500)).toBe(0)
  const done = told({ ...ended, stdout: ended.out, stderr: ended.err })
  expect(done).toMatchObject({ state: 'complete', balanced: true, ledger: { read: `${RECORDS}` } })
  expect(done.lanes).toHaveLength(30)
  const megabytes = ended.peakMiB * MIB
  measured(`kafka: ${megabytes.toFixed(0)} MB at most, ${ended.seconds.toFixed(1)} s`)
  expect(megabytes).toBeLessThan(LIMIT_MB)
})

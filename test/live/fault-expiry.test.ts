import { beforeAll, describe, expect, it } from 'vitest'
import type { KafkaLab } from '../../src/lab/kafka/options.js'
import {
  aBacklog,
  exactlyOnce,
  journalled,
  positions,
  runOf,
  saysNo,
  startDrain,
  told,
  underWay,
} from './fault-harness.js'
import { ownKafka, spillway } from './kafka-lab.js'

const EXPIRES = { 'offsets.retention.minutes': '1', 'offsets.retention.check.interval.ms': '1000' }
const GONE_WITHIN = { timeout: 110_000, interval: 1000 }

describe.each(['4.1', '3.9'] as const)('offsets of the group that expire on Kafka %s', version => {
  let lab: KafkaLab
  beforeAll(async () => {
    lab = await ownKafka({ version, config: EXPIRES })
  })

  it('before a drain: refused, and the reason is said; between kill and resume: the journal rules', async () => {
    const [never, killed] = [await aBacklog(lab, { records: 500 }), await aBacklog(lab, { records: 9000 })]
    const running = startDrain(killed, ['--rate', '700'])
    const run = await runOf(killed.home)
    await underWay(killed)
    // Between a commit and its journal line a kill leaves what only a person can judge; a run that is held is in between nothing.
    expect((await spillway(['pause', run], { home: killed.home })).code).toBe(0)
    await journalled(killed, ({ type }) => type === 'held')
    running.child.kill('SIGKILL')
    await running.finished
    await expect.poll(async () => [...(await positions(never)), ...(await positions(killed))], GONE_WITHIN).toEqual([])
    const { code, error } = await saysNo(never)
    expect(code).toBe(2)
    expect(`${error.message} ${error.hint}`).toMatch(/expire/)
    const again = await spillway(['resume', run, '--rate', '1M', '--output', 'json'], { home: killed.home })
    expect(again.code, again.stdout + again.stderr).toBe(0)
    expect(told(again)).toMatchObject({ balanced: true, ledger: { read: '9000' } })
    await exactlyOnce(killed, run)
  }, 200_000)
})

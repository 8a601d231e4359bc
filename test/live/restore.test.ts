import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, inject, it } from 'vitest'
import { listOffsets } from '../../src/brokers/kafka/admin/list-offsets.js'
import { committedOffsets } from '../../src/brokers/kafka/admin/offsets.js'
import { spawnJava } from './kafka-lab.js'
import { type Drained, drained, groupsOf, json, offsetsOf, topicsOf, workOff } from './restore-harness.js'
import { commit, withLink } from './survey-harness.js'

const CONSUME = fileURLToPath(new URL('../tools/Consume.java', import.meta.url))

/** The metadata that stands beside the commits of the source group. */
const metadataOf = (run: Drained): Promise<string[]> =>
  withLink(run.shared.brokers, async link => {
    const commits = await committedOffsets(link, run.group, { topic: run.topic })
    return [...(commits.get(run.topic)?.values() ?? [])].map(each => each.metadata)
  })

/** A member of a group on a topic, once it has its partitions; `stop` ends it. */
async function member(run: Drained, topic: string, group: string) {
  const config = join(run.home, 'member.properties')
  await writeFile(config, 'session.timeout.ms=6000\nheartbeat.interval.ms=1000\n')
  const args = [run.shared.brokers.join(','), topic, group, 'classic', '--no-commit', '--config', config]
  const consumer = spawnJava(run.shared, CONSUME, args)
  await expect.poll(consumer.stdout, { timeout: 30_000 }).toMatch(/"assigned":\[\d/)
  return async () => {
    consumer.child.kill('SIGKILL')
    await consumer.finished
  }
}

describe.each(['kafka41', 'kafka39'] as const)('restore on %s', key => {
  const shared = inject(key)

  it('refuses while anything is unread, then takes everything away once it is read', async () => {
    const run = await drained(shared)
    expect(run.code).toBe(0)
    const before = await offsetsOf(shared, run.group, run.topic)
    const dry = await run.cli(['restore', run.run])
    expect(dry.code).toBe(0)
    expect(dry.stdout).toContain(`DELETES topic ${run.lanes} (12 partitions, 3,000 unread)`)
    expect(dry.stdout).toContain('ORIGINALS: keep stopped (3000 unread in lanes)')
    const refused = await run.cli(['restore', run.run, '--execute', '--output', 'json'])
    expect(refused.code).toBe(4)
    expect(json(refused)).toMatchObject({ run: run.run, state: 'complete', error: { code: 'refused' } })
    expect(json(refused).refusals[0]).toContain('3,000 unread')
    expect(await topicsOf(shared)).toContain(run.lanes)

    expect(await workOff(run)).toBe(3000)
    const ready = await run.cli(['finish', run.run])
    expect(ready.stdout).toContain(`DELETES topic ${run.lanes} (12 partitions, 0 unread)`)
    expect(ready.stdout).toContain('Nothing refuses it.')
    expect(await topicsOf(shared)).toContain(run.lanes)
    const done = await run.cli(['restore', run.run, '--execute', '--output', 'json', '--reason', 'all handled'])
    expect(done.code, done.stderr).toBe(0)
    expect(json(done)).toMatchObject({ state: 'complete', originals: 'may start', restore: { stage: 'done' } })
    expect(await topicsOf(shared)).not.toContain(run.lanes)
    expect(await groupsOf(shared)).not.toContain(`spillway.${run.run}`)
    expect(await offsetsOf(shared, run.group, run.topic)).toEqual(before)
    expect(await metadataOf(run)).toEqual(['', '', ''])

    const again = await run.cli(['restore', run.run, '--execute'])
    expect(again.code).toBe(0)
    expect(again.stdout).toContain('ORIGINALS: may start')
    const undo = await run.cli(['restore', run.run, '--undo', '--execute', '--yes', '--output', 'json'])
    expect(undo.code).toBe(4)
    expect(json(undo).error.message).toContain('the way is only forward')
    const report = await run.cli(['report', run.run])
    expect(report.stdout).toContain('restore: begun, 0 unread')
    expect(report.stdout).toContain('(all handled)')
    expect(report.stdout).toContain('ORIGINALS: may start')
  })

  it('refuses while a group has members on the lanes, and lists the offsets of others', async () => {
    const run = await drained(shared)
    await workOff(run)
    const stop = await member(run, run.lanes, `other-${run.run}`)
    await withLink(shared.brokers, link => commit(link, `third-${run.run}`, run.lanes, [1]))
    const refused = await run.cli(['restore', run.run, '--execute', '--output', 'json'])
    expect(refused.code).toBe(4)
    expect(json(refused).refusals).toEqual([expect.stringContaining(`group other-${run.run} has members`)])
    expect(json(refused).warnings).toContainEqual(expect.stringContaining(`third-${run.run} has offsets on 1 part`))
    await stop()
    const done = await run.cli(['restore', run.run, '--execute', '--wait', '60s'])
    expect(done.code, done.stderr).toBe(0)
  })

  it('decides by records, not by lag, and obeys --group', async () => {
    const run = await drained(shared)
    await workOff(run, { group: `own-${run.run}` })
    const wrong = await run.cli(['restore', run.run])
    expect(wrong.stdout).toContain('3,000 unread')
    // The last offset of each lane is the marker of its transaction: a lag of one, and no record.
    await withLink(shared.brokers, async link => {
      const lanes = Array.from({ length: 12 }, (_, lane) => lane)
      const ends = await listOffsets(link, run.lanes, lanes, 'latest')
      const before = lanes.map(lane => Math.max(0, (ends.get(lane)?.offset ?? 0) - 1))
      await commit(link, `own-${run.run}`, run.lanes, before)
    })
    const done = await run.cli(['restore', run.run, '--group', `own-${run.run}`, '--execute', '--output', 'json'])
    expect(done.code, done.stderr).toBe(0)
    expect(await groupsOf(shared)).not.toContain(`own-${run.run}`)
  })

  it('leaves the offsets alone where the originals are at work already', async () => {
    const run = await drained(shared)
    await workOff(run)
    const stop = await member(run, run.topic, run.group)
    const done = await run.cli(['restore', run.run, '--execute', '--output', 'json'])
    await stop()
    expect(done.code, done.stderr).toBe(0)
    expect(json(done).warnings).toContainEqual(expect.stringContaining('live already'))
    expect(await topicsOf(shared)).not.toContain(run.lanes)
  })

  it('refuses a run that is not complete, with the words what to do', async () => {
    const run = await drained(shared, { drain: ['--first', '100'] })
    expect(run.code).toBe(0)
    const refused = await run.cli(['restore', run.run, '--execute', '--output', 'json'])
    expect(refused.code).toBe(4)
    expect(json(refused).error.message).toContain(`spillway resume ${run.run}`)
    expect(json(refused).error.message).toContain(`spillway restore ${run.run} --undo`)
  })

  it.each(['before-delete-topic', 'after-delete-topic', 'before-clear-claim', 'after-clear-claim'])(
    'finishes after a kill at %s',
    async name => {
      const run = await drained(shared, { fill: ['--records', '300'] })
      const before = await offsetsOf(shared, run.group, run.topic)
      await workOff(run)
      const killed = await run.cli(['restore', run.run, '--execute'], { env: { SPILLWAY_FAILPOINT: name } })
      expect(killed.signal).toBe('SIGKILL')
      const done = await run.cli(['restore', run.run, '--execute', '--output', 'json'])
      expect(done.code, done.stderr).toBe(0)
      expect(json(done)).toMatchObject({ state: 'complete', originals: 'may start' })
      expect(await topicsOf(shared)).not.toContain(run.lanes)
      expect(await offsetsOf(shared, run.group, run.topic)).toEqual(before)
      expect(await metadataOf(run)).toEqual(['', '', ''])
    },
  )
})

import { describe, expect, inject, it } from 'vitest'
import { deleteRecords } from '../../src/brokers/kafka/admin/deletions.js'
import { commitOffsets, committedOffsets } from '../../src/brokers/kafka/admin/offsets.js'
import { type Drained, drained, json, offsetsOf, readAll, topicsOf } from './restore-harness.js'
import { commit, withLink } from './survey-harness.js'

const UNDO = ['--undo', '--no-groupless-readers', '--execute', '--output', 'json']
const undo = (run: Drained, env = {}) => run.cli(['restore', run.run, ...UNDO], { env })
/** Where the group stood before: the lab has read a tenth of each partition. */
const FILL = ['--read-share', '0.1', '--records', '1200', '--transactions', '100', '--aborts', '0.2']

describe.each(['kafka41', 'kafka39'] as const)('restore --undo on %s', key => {
  const shared = inject(key)

  /** A drained run, what its plan had as positions, and what the group would read from there. */
  async function undoable(options: Parameters<typeof drained>[1] = {}) {
    const run = await drained(shared, { fill: FILL, ...options })
    const plan = json(await run.cli(['restore', run.run, '--undo', '--output', 'json']))
    const before = Object.fromEntries(
      plan.restore.positions.map((each: { lane: string; offset: string }) => [each.lane, Number(each.offset)]),
    )
    return { run, before }
  }

  async function expectUndone(run: Drained, before: Record<string, number>) {
    expect(await offsetsOf(shared, run.group, run.topic)).toEqual(before)
    expect(await topicsOf(shared)).not.toContain(run.lanes)
    const from = Object.entries(before).map(([lane, offset]) => `${lane}=${offset}`)
    const { records } = await readAll(shared, run.topic, ['--from', from.join(',')])
    expect(records).toBeGreaterThan(1000)
    expect(records).toBeLessThan(1200)
  }

  it('gives the backlog of a complete run back, once the operator has confirmed', async () => {
    const { run, before } = await undoable()
    const dry = await run.cli(['restore', run.run, '--undo'])
    expect(dry.code).toBe(0)
    expect(dry.stdout).toContain('add --no-groupless-readers')
    expect(dry.stdout).toContain(`DELETES topic ${run.lanes} (12 partitions`)
    const unconfirmed = await run.cli(['restore', run.run, '--undo', '--execute'])
    expect(unconfirmed.code).toBe(4)
    expect(await topicsOf(shared)).toContain(run.lanes)
    const done = await undo(run)
    expect(done.code, done.stderr).toBe(0)
    expect(json(done)).toMatchObject({ state: 'undone', originals: 'may start' })
    await expectUndone(run, before)
    const again = await undo(run)
    expect(again.code).toBe(0)
    const forward = await run.cli(['restore', run.run, '--execute'])
    expect(forward.code).toBe(4)
  })

  it('puts the metadata back that stood beside the commits', async () => {
    const made = await drained(shared, { fill: FILL })
    expect((await undo(made)).code).toBe(0)
    await withLink(shared.brokers, async link => {
      const at = (await committedOffsets(link, made.group, { topic: made.topic })).get(made.topic)
      const entries = [...(at ?? [])].map(([partition, { offset }]) => ({
        partition,
        offset,
        metadata: `mine ${partition}`,
      }))
      await commitOffsets(link, made.group, made.topic, entries)
    })
    const args = ['drain', made.source, '--execute', '--consumers-stopped', '--factor', '4', '--output', 'json']
    const second = json(await made.cli(args))
    expect(second.state).toBe('complete')
    const done = await made.cli(['restore', second.run, ...UNDO])
    expect(done.code, done.stderr).toBe(0)
    await withLink(shared.brokers, async link => {
      const at = (await committedOffsets(link, made.group, { topic: made.topic })).get(made.topic)
      expect([...(at ?? [])].map(([partition, { metadata }]) => [partition, metadata]).sort()).toEqual([
        [0, 'mine 0'],
        [1, 'mine 1'],
        [2, 'mine 2'],
      ])
    })
  })

  it('undoes a canary', async () => {
    const { run, before } = await undoable({ drain: ['--first', '100'] })
    expect((await undo(run)).code).toBe(0)
    await expectUndone(run, before)
  })

  it.each(['after-topic-create', 'after-claim', 'after-offset-commit', 'before-end-txn:2', 'after-end-txn:2'])(
    'undoes a run that was killed at %s',
    async name => {
      const { run, before } = await undoable({ env: { SPILLWAY_FAILPOINT: name } })
      const done = await undo(run)
      expect(done.code, done.stderr).toBe(0)
      expect(json(done).state).toBe('undone')
      await expectUndone(run, before)
    },
  )

  it('refuses after a foreign commit', async () => {
    const { run } = await undoable()
    const at = await offsetsOf(shared, run.group, run.topic)
    await withLink(shared.brokers, link => commit(link, run.group, run.topic, [at[0] ?? 0]))
    const refused = await undo(run)
    expect(refused.code).toBe(4)
    expect(json(refused).error.message).toContain('does not stand where this run last committed')
    expect(json(refused).error.message).toContain('without the claim')
    expect(await topicsOf(shared)).toContain(run.lanes)
  })

  it('refuses once records were deleted from the lanes, or a group has offsets there', async () => {
    const { run } = await undoable()
    await withLink(shared.brokers, link => commit(link, `reader-${run.run}`, run.lanes, [1]))
    await withLink(shared.brokers, link => deleteRecords(link, run.lanes, new Map([[0, 1]])))
    const refused = await undo(run)
    expect(refused.code).toBe(4)
    expect(json(refused).refusals).toEqual([
      expect.stringContaining('records were deleted from'),
      expect.stringContaining(`group reader-${run.run} has offsets on 1 partitions`),
    ])
  })

  it('refuses once the source’s head has passed a position', async () => {
    const { run, before } = await undoable()
    await withLink(shared.brokers, link => deleteRecords(link, run.topic, new Map([[1, (before[1] ?? 0) + 1]])))
    const refused = await undo(run)
    expect(refused.code).toBe(4)
    expect(json(refused).refusals).toEqual([expect.stringContaining('does not hold the backlog any more, partition 1')])
    expect(await topicsOf(shared)).toContain(run.lanes)
  })

  it.each(['before-restore-offsets', 'after-restore-offsets', 'before-delete-topic', 'after-delete-topic'])(
    'finishes after a kill at %s',
    async name => {
      const { run, before } = await undoable()
      const killed = await undo(run, { SPILLWAY_FAILPOINT: name })
      expect(killed.signal).toBe('SIGKILL')
      const done = await undo(run)
      expect(done.code, done.stderr).toBe(0)
      expect(json(done)).toMatchObject({ state: 'undone', originals: 'may start' })
      await expectUndone(run, before)
    },
  )
})

import { describe, expect, it } from 'vitest'
import { brokers } from './brokers.js'
import { aScene, document, drain, GO, JSON_OUT, run, runsOf, type Scene, statusOf, told } from './cli.js'
import type { Envelope } from './envelope.js'
import { expectNothingLost, expectOrderPerKey } from './messages.js'

const COUNT = 3000

describe.each(brokers)('a drain, on $name', broker => {
  it('copies each message once with its bytes, in order per key, balanced; then the lanes go, once they are empty (P2 to P6)', async () => {
    const scene = await aScene(broker, COUNT)
    const { backlog } = scene
    const envelope = told(await drain(scene, [...broker.ordered, '--reason', 'contract']))
    expect(envelope).toMatchObject({
      source: backlog.shown,
      state: 'complete',
      ledger: { read: `${COUNT}`, written: `${COUNT}`, parked: '0', dropped: '0' },
      balanced: true,
      duplicatesAtMost: '0',
      originals: `keep stopped (${COUNT} unread in lanes)`,
      refusals: [],
    })
    expect([await runsOf(scene), await broker.left(backlog)]).toEqual([[envelope.run], 0])
    const sum = (what: 'read' | 'written') => envelope.lanes.reduce((all, lane) => all + Number(lane[what]), 0)
    expect([sum('read'), sum('written')]).toEqual([COUNT, COUNT])
    const lanes = await broker.inLanes(backlog)
    expect(lanes).toHaveLength(4)
    expect(lanes.filter(lane => lane.length === 0)).toEqual([])
    expect(expectNothingLost(lanes.flat(), backlog.messages)).toBe(0)
    expectOrderPerKey(lanes)
    await isShownAlike(scene, envelope)
    await isRestored(scene, envelope.run)
  })

  it('of nothing is complete at once and makes nothing', async () => {
    const scene = await aScene(broker, 0)
    const envelope = told(await drain(scene))
    expect(envelope).toMatchObject({ state: 'complete', ledger: { read: '0', written: '0' }, balanced: true })
    expect(envelope.originals).toBe('may start')
    expect(await broker.temporary(scene.backlog, envelope.run)).toEqual([])
  })
})

/** Status, runs, report and resume tell of a complete run what the drain told. */
async function isShownAlike(scene: Scene, drained: Envelope): Promise<void> {
  const { run: id } = drained
  const { broker } = scene
  const status = await statusOf(scene, id)
  expect(status).toEqual(drained)
  expect(document(await run(scene, ['runs', ...JSON_OUT]))).toEqual([status])
  expect(told(await run(scene, ['resume', id, ...JSON_OUT]))).toEqual(status)
  const report = document(await run(scene, ['report', id, '--commands', ...JSON_OUT]))
  expect(report).toMatchObject({ ...status, report: { executions: 1, lost: [], doubted: [] } })
  expect(report).toHaveProperty('commands', expect.arrayContaining([expect.any(String)]))
  const text = await run(scene, ['report', id])
  expect(text.stdout).toContain('BALANCED: read = written + parked + dropped')
  expect(text.stdout).toContain(`ORIGINALS: ${status.originals}`)
  expect(text.stdout).toContain('contract')
  const verified = await run(scene, ['report', id, '--verify', ...JSON_OUT])
  expect(document(verified, broker.verify.code)).toMatchObject(broker.verify.told)
}

/** Refused while the lanes are unread; then everything temporary goes, and only the way forward is left. */
async function isRestored(scene: Scene, id: string): Promise<void> {
  const { broker, backlog } = scene
  const made = await broker.temporary(backlog, id)
  const RESTORED = { more: ['restore'] }
  const restore = (...flags: string[]) => run(scene, ['restore', id, ...JSON_OUT, ...flags])

  const dry = await run(scene, ['restore', id])
  expect(dry.code, dry.stderr).toBe(0)
  expect(dry.stdout).toMatch(/DELETES [^)]*3,000\s+unread/)
  const no = told(await restore(...GO), { exit: 4, ...RESTORED })
  expect(no).toMatchObject({ run: id, state: 'complete', error: { code: 'refused' } })
  expect(no.refusals.join()).toContain('3,000 unread')
  expect(await broker.temporary(backlog, id)).toEqual(made)

  expect(await broker.workOff(backlog, id)).toBe(COUNT)
  const ready = told(await restore(), RESTORED)
  expect(ready).toMatchObject({ state: 'complete', originals: 'may start', refusals: [] })
  expect(await broker.inLanes(backlog)).toHaveLength(4)
  const done = told(await restore(...GO, '--reason', 'all handled'), RESTORED)
  expect(done).toMatchObject({ state: 'complete', originals: 'may start', refusals: [] })
  expect([await broker.temporary(backlog, id), await broker.left(backlog)]).toEqual([[], 0])

  expect(told(await restore(...GO), RESTORED).originals).toBe('may start')
  const back = told(await restore('--undo', ...GO), { exit: 4, ...RESTORED })
  expect(back.error?.message).toContain('the way is only forward')
  expect(await runsOf(scene)).toEqual([id])
}

import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { brokers } from './brokers.js'
import {
  aScene,
  carryOn,
  document,
  drain,
  JSON_OUT,
  newHome,
  reaches,
  refused,
  run,
  runOf,
  runsOf,
  type Scene,
  startDiscard,
  statusOf,
  told,
} from './cli.js'
import { expectNothingLost, numberOf } from './messages.js'

const COUNT = 3000
const ALL = { read: `${COUNT}`, written: '0', parked: '0', dropped: `${COUNT}` }
const HOUR = 3_600_000

type Env = Readonly<Record<string, string>>
const args = ({ backlog }: Scene, flags: readonly string[]) => [
  'discard',
  backlog.source,
  '--consumers-stopped',
  ...flags,
]
const look = (scene: Scene, flags: readonly string[]) => run(scene, args(scene, [...JSON_OUT, ...flags]))
/** What an operator adds who has looked at the plan, and types the name. */
const named = ({ backlog }: Scene) => ['--confirm', backlog.name, '--execute', ...JSON_OUT]
const discard = (scene: Scene, flags: readonly string[], env: Env = {}) =>
  run(scene, args(scene, [...named(scene), ...flags]), env)
const archiveOf = ({ home }: Scene, id: string) => join(home, 'runs', id, 'archive')
const kept = (scene: Scene, id: string) => scene.broker.inArchive(archiveOf(scene, id))

describe.each(brokers)('a discard, on $name', broker => {
  it('shows its plan and changes nothing; without the name typed, or with a time without a zone, it exits 2 (P1)', async () => {
    const scene = await aScene(broker, COUNT)
    const before = await broker.picture(scene.backlog)
    const plan = told(await look(scene, ['--all']), { more: ['plan'] })
    expect(plan).toMatchObject({ verb: 'discard', state: 'planned', refusals: [], target: `archive:${plan.run}` })
    expect(plan.originals).toBe(`keep stopped (${COUNT} unread in lanes)`)
    const text = await run(scene, args(scene, ['--all', '--tz', 'Asia/Shanghai']))
    for (const words of [
      /LET GO of( up to)? 3,000\s+messages/,
      /UTC \(.*Asia\/Shanghai\)/,
      `--confirm ${scene.backlog.name} `,
    ])
      expect(text.stdout).toMatch(words)
    expect(refused(await run(scene, args(scene, ['--all', '--execute', '--yes', ...JSON_OUT])), 2).code).toBe(
      'not-confirmed',
    )
    const wrong = await run(scene, args(scene, ['--all', '--execute', '--confirm', 'else', ...JSON_OUT]))
    expect(refused(wrong, 2).hint).toContain(scene.backlog.name)
    expect(refused(await discard(scene, ['--until', '2026-01-31T08:00']), 2).message).toContain('time zone')
    expect([await broker.picture(scene.backlog), await runsOf(scene)]).toEqual([before, []])
  })

  it('of all leaves nothing, and its archive holds each message with its bytes; nothing is left to restore', async () => {
    const scene = await aScene(broker, COUNT)
    const envelope = told(await discard(scene, ['--all', '--reason', 'contract']))
    expect(envelope).toMatchObject({ source: scene.backlog.shown, state: 'complete', ledger: ALL, balanced: true })
    expect(envelope).toMatchObject({ target: `archive:${envelope.run}`, duplicatesAtMost: '0', originals: 'may start' })
    expect(await broker.left(scene.backlog)).toBe(0)
    expect(expectNothingLost(await kept(scene, envelope.run), scene.backlog.messages)).toBe(0)
    expect(await broker.temporary(scene.backlog, envelope.run)).toEqual([])
    await isShownAlike(scene, envelope.run)
  })

  it('takes no more than was asked for, from the front, and leaves the rest in its order', async () => {
    const scene = await aScene(broker, COUNT)
    const envelope = told(await discard(scene, ['--all', '--max-messages', '1000']))
    expect(envelope).toMatchObject({ state: 'complete', ledger: { dropped: '1000' }, balanced: true })
    const [gone, left] = [await kept(scene, envelope.run), await broker.inSource(scene.backlog)]
    expect(expectNothingLost([...gone, ...left], scene.backlog.messages)).toBe(0)
    expect(left).toHaveLength(COUNT - 1000)
  })

  it('keeps nothing with --no-archive, and goes nowhere', async () => {
    const scene = await aScene(broker, COUNT)
    const envelope = told(await discard(scene, ['--all', '--no-archive']))
    expect(envelope).toMatchObject({ target: 'nowhere', state: 'complete', ledger: ALL, balanced: true })
    expect(envelope.warnings.join()).toContain('Nothing is kept')
    expect([await broker.left(scene.backlog), await kept(scene, envelope.run)]).toEqual([0, []])
  })

  it('of what is older ends at the first that is not, and takes none or all where none or all are', async () => {
    const now = Date.now()
    const scene = await aScene(broker, COUNT, { sentAt: n => now - (n < 1200 ? 3 : 1) * HOUR })
    expect(told(await discard(scene, ['--older-than', '4h']))).toMatchObject({
      state: 'complete',
      ledger: { dropped: '0' },
    })
    expect(await broker.left(scene.backlog)).toBe(COUNT)
    const some = told(await discard(scene, ['--older-than', '2h']))
    expect(some).toMatchObject({ state: 'complete', ledger: { dropped: '1200' }, originals: 'may start' })
    expect((await kept(scene, some.run)).map(numberOf).sort((a, b) => a - b)).toEqual(range(0, 1200))
    expect((await broker.inSource(scene.backlog)).map(numberOf).sort((a, b) => a - b)).toEqual(range(1200, COUNT))
    const rest = told(await discard(scene, ['--until', new Date(now).toISOString()]))
    expect(rest).toMatchObject({ state: 'complete', ledger: { dropped: '1800' } })
    expect(await broker.left(scene.backlog)).toBe(0)
  })

  it('killed at one point after the other, on each resume again, has kept all that is gone, and ends complete (P2, P6, P7)', async () => {
    const scene = await aScene(broker, COUNT)
    const [first = '', ...more] = broker.discardDeaths
    const killed = await discard(scene, ['--all', '--rate', '1500'], { SPILLWAY_FAILPOINT: first })
    expect([first, killed.signal], killed.stderr).toEqual([first, 'SIGKILL'])
    const id = await runOf(scene)
    await hasKept(scene, id)
    for (const name of more) {
      const again = await run(scene, ['resume', id], { SPILLWAY_FAILPOINT: name })
      expect([name, again.signal], again.stderr).toEqual([name, 'SIGKILL'])
      await hasKept(scene, id)
    }
    const resumed = told(await carryOn(scene, id))
    expect(resumed).toMatchObject({ run: id, state: 'complete', balanced: true })
    expect(await broker.left(scene.backlog)).toBe(0)
    const twice = expectNothingLost(await kept(scene, id), scene.backlog.messages)
    expect(twice).toBeLessThanOrEqual(Number(resumed.duplicatesAtMost))
  })

  it('is refused with 4 while another has the source: a second discard, and one of what a drain has claimed', async () => {
    const scene = await aScene(broker, COUNT)
    const first = startDiscard(scene, [...named(scene), '--rate', '100'])
    const id = await runOf(scene)
    await reaches(scene, id, ({ ledger }) => ledger.read !== '0')
    const rival = { ...scene, home: await newHome() }
    expect(refused(await discard(rival, ['--all']), 4).code).toBe('claimed')
    expect(refused(await drain(rival), 4).code).toBe('claimed')
    expect(await runsOf(rival)).toEqual([])
    const paused = told(await run(scene, ['pause', id, '--reason', 'look', ...JSON_OUT]))
    expect(paused).toMatchObject({ verb: 'discard', state: 'held' })
    const aborted = await run(scene, ['abort', id])
    expect(aborted.stdout).toContain(`spillway replay archive:${id}`)
    expect(told(await first.finished, { exit: 130 })).toMatchObject({ state: 'stopped', reason: 'aborted' })
    expect(document(await run(scene, ['resume', id, ...JSON_OUT]), 4)).toMatchObject({ error: { code: 'aborted' } })
    expect(told(await carryOn(scene, id, ['--after-abort']))).toMatchObject({ state: 'complete', ledger: ALL })
    expect(expectNothingLost(await kept(scene, id), scene.backlog.messages)).toBe(0)
  })

  it('with a consumer there is refused with 4; its plan says so and exits 0', async () => {
    const scene = await aScene(broker, COUNT, { crowded: true })
    const stop = await broker.consumer(scene.backlog)
    expect(told(await look(scene, ['--all']), { more: ['plan'] }).refusals).not.toEqual([])
    expect(refused(await discard(scene, ['--all']), 4).message).toContain(scene.backlog.name)
    await stop()
    expect(await runsOf(scene)).toEqual([])
  })
})

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => from + at)

/** Resolves once each message is seen in the archive or at its source; a queue gives back what a dead connection held a moment later. */
async function hasKept(scene: Scene, id: string): Promise<void> {
  const { broker, backlog } = scene
  const missing = async () => {
    const there = [...(await kept(scene, id)), ...(await broker.inSource(backlog))]
    return COUNT - new Set(there.map(numberOf)).size
  }
  await expect.poll(missing, { timeout: 60_000 }).toBe(0)
}

/** Status, resume and report tell the same of it; restore and its undo say what there is instead. */
async function isShownAlike(scene: Scene, id: string): Promise<void> {
  const status = await statusOf(scene, id)
  expect(document(await run(scene, ['runs', ...JSON_OUT]))).toEqual([status])
  expect(told(await run(scene, ['resume', id, ...JSON_OUT]))).toEqual(status)
  const report = await run(scene, ['report', id, '--commands'])
  for (const words of ['BALANCED', 'contract', 'ORIGINALS: may start']) expect(report.stdout).toContain(words)
  expect((await run(scene, ['report', id, '--verify'])).code).toBe(2)
  for (const flags of [[], ['--undo']])
    expect(refused(await run(scene, ['restore', id, ...flags, ...JSON_OUT]), 2)).toMatchObject({
      code: 'not-a-drain',
      hint: expect.stringContaining(`spillway replay archive:${id}`),
    })
}

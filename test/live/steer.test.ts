import { describe, expect, inject, it } from 'vitest'
import {
  aBacklog,
  drain,
  exactlyOnce,
  journalled,
  newHome,
  runOf,
  runsOf,
  type Scene,
  startDrain,
  told,
  underWay,
} from './fault-harness.js'
import { spillway } from './kafka-lab.js'

const cli = (scene: Pick<Scene, 'home'>, ...args: string[]) =>
  spillway([...args, '--output', 'json'], { home: scene.home })
const statusOf = async (scene: Scene, run: string) => told(await cli(scene, 'status', run))

/** A drain that goes slowly enough to be steered. */
async function slow(broker: Parameters<typeof aBacklog>[0], flags = ['--rate', '1000']) {
  const scene = await aBacklog(broker, { records: 12_000, name: 'steer' })
  const running = startDrain(scene, flags)
  const run = await runOf(scene.home)
  await underWay(scene)
  return { scene, running, run }
}

describe.each(['kafka41', 'kafka39'] as const)('a live run on %s', key => {
  const broker = inject(key)

  it('pauses within a second, shows it, and goes on with resume', async () => {
    const { scene, running, run } = await slow(broker)
    const paused = told(await cli(scene, 'pause', run, '--reason', 'disk of broker 2'))
    expect(paused.state).toBe('held')
    expect(paused.held.at(-1)?.reason).toBe('operator: disk of broker 2')
    await journalled(scene, event => event.type === 'held')
    // Each lane settles what it has in hand; from then on nothing moves.
    const looks = async () => [await statusOf(scene, run), await statusOf(scene, run), await statusOf(scene, run)]
    const moved = async () => new Set((await looks()).map(({ ledger }) => JSON.stringify(ledger))).size > 1
    await expect.poll(moved, { timeout: 30_000 }).toBe(false)
    expect((await statusOf(scene, run)).state).toBe('held')
    expect(told(await cli(scene, 'resume', run)).state).toBe('running')
    expect((await cli(scene, 'set', run, 'rate=unlimited')).code).toBe(0)
    const finished = await running.finished
    expect(finished.code, finished.stderr).toBe(0)
    await exactlyOnce(scene, run)
  })

  it('takes another rate, and unlimited', async () => {
    const { scene, running, run } = await slow(broker, ['--rate', '200'])
    const started = Date.now()
    const changed = await cli(scene, 'set', run, 'rate=unlimited')
    expect(changed.code, changed.stderr).toBe(0)
    const finished = await running.finished
    expect(finished.code).toBe(0)
    expect(Date.now() - started).toBeLessThan(20_000)
    expect((await journalled(scene, event => event.what === 'rate unlimited')).by).toContain('@')
  })

  it('is aborted: settles, deletes nothing, says what next; resume needs --after-abort', async () => {
    const { scene, running, run } = await slow(broker)
    const aborted = await spillway(['abort', run], { home: scene.home })
    expect(aborted.code, aborted.stderr).toBe(0)
    expect(aborted.stdout).toContain('STOPPED (aborted)')
    expect(aborted.stdout).toContain(`spillway restore ${run} --undo`)
    expect((await running.finished).code).toBe(130)
    const refused = await cli(scene, 'resume', run)
    expect(refused.code).toBe(4)
    expect(told(refused).error?.code).toBe('aborted')
    const resumed = await cli(scene, 'resume', run, '--after-abort')
    expect(resumed.code, resumed.stderr).toBe(0)
    expect(told(resumed).ledger.read).toBe('12000')
    await exactlyOnce(scene, run)
  })
})

describe('a dead run', () => {
  it('refuses pause and set with 4, and can be aborted', async () => {
    const { scene, running, run } = await slow(inject('kafka41'))
    running.child.kill('SIGKILL')
    await running.finished
    const status = await statusOf(scene, run)
    expect([status.state, status.reason]).toEqual(['stopped', 'killed'])
    for (const args of [
      ['pause', run],
      ['set', run, 'rate=5k'],
    ]) {
      const refused = await cli(scene, ...args)
      expect(refused.code).toBe(4)
      expect(told(refused).error?.code).toBe('not-running')
    }
    const aborted = told(await cli(scene, 'abort', run))
    expect([aborted.state, aborted.reason]).toEqual(['stopped', 'aborted'])
    expect((await cli(scene, 'resume', run)).code).toBe(4)
  })
})

describe('a run that is complete', () => {
  it('is shown by resume with the exit code of then, and what acts next reminds of it, what only looks does not', async () => {
    const scene = await aBacklog(inject('kafka41'), { records: 3000, name: 'steer' })
    expect((await drain(scene)).code).toBe(0)
    const [run = ''] = await runsOf(scene.home)
    const resumed = await cli(scene, 'resume', run)
    expect(resumed.code).toBe(0)
    expect(told(resumed)).toMatchObject({ run, state: 'complete', balanced: true })
    for (const args of [['runs'], ['status', run], ['survey', scene.source, '--window', '1s']]) {
      const looked = await cli(scene, ...args)
      expect(looked.code, looked.stderr).toBe(0)
      expect(looked.stderr).not.toContain('not restored')
    }
    expect((await cli(scene, 'drain', scene.source)).stderr).toContain(`run ${run} is complete but not restored`)
    expect((await cli(scene, 'drain', scene.source, '--quiet')).stderr).not.toContain('not restored')
    expect((await cli(scene, 'abort', run)).code).toBe(4)
    const listed = JSON.parse((await cli(scene, 'runs')).stdout)
    expect(listed).toMatchObject([{ run, state: 'complete', verb: 'drain' }])
    expect((await cli(scene, 'status')).code).toBe(2)
  })
})

describe('runs --cluster', () => {
  it('lists claims and temporary topics, whoever made them, and says whose folder is here', async () => {
    const scene = await aBacklog(inject('kafka41'), { records: 3000, name: 'steer' })
    expect((await drain(scene, ['--factor', '4'])).code).toBe(0)
    const [run = ''] = await runsOf(scene.home)
    const claim = {
      run,
      group: scene.group,
      sourceTopic: scene.topic,
      temporaryTopic: `${scene.topic}.spill.${run}`,
      partitions: 12,
      lanes: [0, 1, 2],
    }
    const args = ['runs', '--cluster', scene.broker.url, '--output', 'json']
    const rows = async (home: string) => {
      const found: { run: string }[] = JSON.parse((await spillway(args, { home })).stdout)
      return found.filter(row => row.run === run)
    }
    expect(await rows(scene.home)).toMatchObject([{ ...claim, folderHere: true }])
    expect(await rows(await newHome())).toMatchObject([{ ...claim, folderHere: false }])
  })
})

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

const adopt = (scene: Scene, home: string, ...flags: string[]) =>
  spillway(['resume', '--adopt', scene.source, '--output', 'json', ...flags], { home })

async function begun(broker: Parameters<typeof aBacklog>[0], flags: readonly string[] = []) {
  const scene = await aBacklog(broker, { records: 20_000, name: 'adopt' })
  const running = startDrain(scene, ['--rate', '3000', '--factor', '4', ...flags])
  const run = await runOf(scene.home)
  await underWay(scene)
  return { scene, running, run }
}

const WHOLE = { ledger: { read: '20000', written: '20000' }, balanced: true, state: 'complete', duplicatesAtMost: '0' }

describe.each(['kafka41', 'kafka39'] as const)('resume --adopt on %s', key => {
  const broker = inject(key)

  it('takes a live run over into the same topic, and its first runner stops with 4', async () => {
    const { scene, running, run } = await begun(broker)
    const home = await newHome()
    const done = await adopt(scene, home)
    expect(done.code, done.stderr + done.stdout).toBe(0)
    expect(told(done)).toMatchObject({ ...WHOLE, run })
    const fenced = await running.finished
    expect(fenced.code, fenced.stdout).toBe(4)
    expect(told(fenced).error?.code).toBe('fenced')
    await exactlyOnce(scene, run)
    expect(await runsOf(home)).toEqual([run])
  })

  it.each([[[]], [['--exactly-once', 'counting', '--order', 'none', '--compress', 'zstd']]])(
    'carries a killed run on %s',
    async flags => {
      const { scene, running, run } = await begun(broker, flags)
      for (const lane of ['0', '1', '2'])
        await journalled(scene, event => event.type === 'settled' && event.lane === lane)
      running.child.kill('SIGKILL')
      await running.finished
      const home = await newHome()
      const done = await adopt(scene, home)
      expect(done.code, done.stderr + done.stdout).toBe(0)
      const envelope = told(done)
      expect(envelope).toMatchObject({ ...WHOLE, run })
      expect(envelope.lanes.map(lane => lane.from)).toEqual(['0', '0', '0'])
      await exactlyOnce(scene, run)
    },
  )
})

describe('resume --adopt', () => {
  it('says to use RUN where the folder is here, and exits 2 where nothing is claimed', async () => {
    const { scene, running, run } = await begun(inject('kafka41'))
    running.child.kill('SIGKILL')
    await running.finished
    const here = await adopt(scene, scene.home)
    expect(here.code).toBe(4)
    expect(told(here).error?.hint).toContain(`spillway resume ${run}`)
    const unclaimed = await aBacklog(inject('kafka41'), { records: 300, name: 'adopt' })
    const nothing = await adopt(unclaimed, unclaimed.home)
    expect([nothing.code, told(nothing).error?.code]).toEqual([2, 'no-claim'])
  })

  it('takes over copies by counting that no commit vouches for only with --take-over', async () => {
    const scene = await aBacklog(inject('kafka41'), { records: 20_000, name: 'adopt' })
    const env = { SPILLWAY_FAILPOINT: 'before-commit' }
    await drain(scene, ['--exactly-once', 'counting', '--rate', '3000'], env)
    const [run = ''] = await runsOf(scene.home)
    const home = await newHome()
    const refused = await adopt(scene, home)
    expect([refused.code, told(refused).error?.code]).toEqual([4, 'producers-unknown'])
    expect(await runsOf(home)).toEqual([])
    const done = await adopt(scene, home, '--take-over')
    expect(done.code, done.stderr).toBe(0)
    expect(told(done)).toMatchObject({ ...WHOLE, run })
    await exactlyOnce(scene, run)
  })
})

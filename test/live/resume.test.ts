import { Kafka, logLevel } from 'kafkajs'
import { describe, expect, inject, it } from 'vitest'
import { aBacklog, exactlyOnce, runOf, type Scene, startDrain, told, underWay } from './fault-harness.js'
import { spillway } from './kafka-lab.js'

const resume = (scene: Scene, run: string, ...flags: string[]) =>
  spillway(['resume', run, '--output', 'json', ...flags], { home: scene.home })

async function begun(broker: Parameters<typeof aBacklog>[0], flags: readonly string[] = ['--rate', '4000']) {
  const scene = await aBacklog(broker, { records: 20_000, name: 'resume' })
  const running = startDrain(scene, flags)
  const run = await runOf(scene.home)
  return { scene, running, run }
}

const READ = { ledger: { read: '20000', written: '20000' }, balanced: true, state: 'complete', duplicatesAtMost: '0' }

describe.each(['kafka41', 'kafka39'] as const)('resume on %s', key => {
  const broker = inject(key)

  it.each([[[]], [['--exactly-once', 'counting']]])(
    'after SIGKILL at any moment, twice, loses and doubles nothing %s',
    async flags => {
      const { scene, running, run } = await begun(broker, ['--rate', '4000', ...flags])
      await new Promise(resolve => setTimeout(resolve, Math.random() * 3000))
      running.child.kill('SIGKILL')
      await running.finished
      const again = resume(scene, run)
      const done = await again
      expect(done.code, done.stderr + done.stdout).toBe(0)
      expect(told(done)).toMatchObject(READ)
      await exactlyOnce(scene, run)
    },
  )
})

describe('resume', () => {
  const broker = inject('kafka41')

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('completes a run that %s stopped (exit %i)', async (signal, code) => {
    const { scene, running, run } = await begun(broker)
    await underWay(scene)
    running.child.kill(signal)
    const stopped = await running.finished
    expect(stopped.code, stopped.stderr).toBe(code)
    expect(told(stopped)).toMatchObject({ state: 'stopped', reason: signal, balanced: true })
    const done = await resume(scene, run, '--rate', '1M')
    expect(done.code, done.stderr).toBe(0)
    expect(told(done)).toMatchObject(READ)
    await exactlyOnce(scene, run)
  })

  it('completes a run whose second Ctrl-C abandoned what was in hand', async () => {
    const { scene, running, run } = await begun(broker)
    await underWay(scene)
    running.child.kill('SIGINT')
    running.child.kill('SIGINT')
    const stopped = await running.finished
    expect(stopped.code, stopped.stderr).toBe(130)
    const done = await resume(scene, run, '--rate', '1M')
    expect(done.code, done.stderr).toBe(0)
    expect(told(done)).toMatchObject(READ)
    await exactlyOnce(scene, run)
  })

  it('goes on behind a canary with all the rest', async () => {
    const { scene, running, run } = await begun(broker, ['--first', '500'])
    const looked = await running.finished
    expect(looked.code, looked.stderr).toBe(0)
    expect(told(looked)).toMatchObject({ state: 'stopped', reason: 'canary', ledger: { read: '500' } })
    const done = await resume(scene, run)
    expect(told(done)).toMatchObject(READ)
    await exactlyOnce(scene, run)
  })

  it('takes the journalled positions where the group is gone, after a check against the target', async () => {
    const { scene, running, run } = await begun(broker)
    await underWay(scene)
    running.child.kill('SIGINT')
    await running.finished
    const admin = new Kafka({ brokers: broker.brokers, logLevel: logLevel.NOTHING }).admin()
    await admin.connect()
    await admin.deleteGroups([scene.group])
    await admin.disconnect()
    const done = await resume(scene, run, '--rate', '1M')
    expect(done.code, done.stderr).toBe(0)
    expect(told(done)).toMatchObject(READ)
    await exactlyOnce(scene, run)
  })

  it('refuses with 4 where the group is gone and the target holds something else than the journal says', async () => {
    const { scene, running, run } = await begun(broker)
    await underWay(scene)
    running.child.kill('SIGINT')
    await running.finished
    const kafka = new Kafka({ brokers: broker.brokers, logLevel: logLevel.NOTHING })
    const producer = kafka.producer()
    await producer.connect()
    await producer.send({ topic: `${scene.topic}.spill.${run}`, messages: [{ value: 'foreign', partition: 0 }] })
    await producer.disconnect()
    const admin = kafka.admin()
    await admin.connect()
    await admin.deleteGroups([scene.group])
    await admin.disconnect()
    const refused = await resume(scene, run)
    expect(refused.code, refused.stderr).toBe(4)
    expect(told(refused).error?.code).toBe('offsets-gone')
  })
})

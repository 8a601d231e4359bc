import { createServer } from 'node:net'
import { describe, expect, it } from 'vitest'
import { brokers } from './brokers.js'
import { aScene, document, drain, GO, JSON_OUT, newHome, refused, run, runsOf, type Scene } from './cli.js'

/** DESIGN.md §5: nothing takes longer to say no. Milliseconds. */
const NO = 15_000
/** What a loaded machine may take on top to start a process that then waits for most of that. Milliseconds. */
const START = 15_000

/** Fails unless it said no in time, once, with what to do next, and left no run. */
async function saysNo(scene: Pick<Scene, 'broker' | 'home'>, source: string) {
  const began = Date.now()
  const finished = await run(scene, ['drain', source, '--consumers-stopped', ...GO, ...JSON_OUT])
  expect(Date.now() - began).toBeLessThan(NO + START)
  expect(await runsOf(scene)).toEqual([])
  return { ...refused(finished, 2), all: finished.stdout + finished.stderr }
}

describe.each(brokers)('a source that cannot be drained, on $name', broker => {
  it('is not there: the name that was meant is told, nothing is created', async () => {
    const scene = await aScene(broker, 10)
    const { name, source } = scene.backlog
    const before = await broker.picture(scene.backlog)
    const typo = `${name.slice(0, 2)}${name.slice(3)}`
    for (const verb of ['survey', 'drain']) {
      const error = refused(await run(scene, [verb, source.replaceAll(name, typo), ...JSON_OUT]), 2)
      expect(error).toMatchObject({ code: broker.notThere, message: expect.stringContaining(typo) })
      expect(error.hint).toContain(`Did you mean ${name}?`)
    }
    expect((await saysNo(scene, source.replaceAll(name, typo))).code).toBe(broker.notThere)
    expect(await broker.picture(scene.backlog)).toEqual(before)
  })

  it('is behind a port where nobody listens, or one that never answers', async () => {
    const scene = { broker, home: await newHome() }
    const closed = await saysNo(scene, broker.address('127.0.0.1:1', 'orders'))
    expect(closed.code).toBe('unreachable')
    expect(closed.message).toContain('127.0.0.1:1')
    const server = createServer(() => undefined)
    const port = await new Promise<number>(resolve => {
      server.listen(0, '127.0.0.1', () => resolve(Number(Object(server.address()).port)))
    })
    const silent = await saysNo(scene, broker.address(`127.0.0.1:${port}`, 'orders')).finally(() => server.close())
    expect(silent.message).toContain(`127.0.0.1:${port}`)
  })

  it('has a password in its address, which is shown nowhere (P10)', async () => {
    const scene = { broker, home: await newHome() }
    const { all } = await saysNo(scene, broker.address('127.0.0.1:1', 'orders', 'ops:hush-hush-42'))
    expect(all).not.toContain('hush-hush-42')
  })

  it('says no to no run that it does not know', async () => {
    const scene = await aScene(broker, 5)
    const done = document(await drain(scene)) as { run: string }
    for (const verb of ['status', 'report', 'resume', 'restore', 'pause', 'abort'])
      expect(refused(await run(scene, [verb, '20200101-0000-aaaa', ...JSON_OUT]), 2).code).toBe('no-such-run')
    expect(refused(await run(scene, ['status', ...JSON_OUT]), 2).details).toContainEqual(
      expect.objectContaining({ at: done.run }),
    )
  })
})

describe.each(brokers)('a command line that is wrong, on $name', broker => {
  it.each([
    ['--rate', ['--rate', '0']],
    ['--until', ['--until', '2026-01-01T00:00Z']],
    ['--to', ['--to', '2026-01-01T00:00Z']],
    ['--first', ['--first', 'many']],
    ['--lanes', ['--factor', '3', '--lanes', '4']],
    ['--key', ['--key', '']],
    ['--exectue', ['--exectue']],
    ['argument', ['orders']],
  ])('is refused with 2, and %s is named: %j', async (flag, flags) => {
    const scene = { broker, home: await newHome() }
    const source = broker.address('127.0.0.1:1', 'orders')
    const error = refused(await run(scene, ['drain', source, ...flags, ...JSON_OUT]), 2)
    expect(JSON.stringify(error)).toContain(flag)
  })

  it('has all of its problems told at once', async () => {
    const scene = { broker, home: await newHome() }
    const source = broker.address('127.0.0.1:1', 'orders')
    const flags = ['--rate', '0', '--first', 'many', '--factor', '3', '--lanes', '4']
    const { details } = refused(await run(scene, ['drain', source, ...flags, ...JSON_OUT]), 2)
    for (const flag of ['--rate', '--first', '--lanes']) expect(JSON.stringify(details)).toContain(flag)
  })
})

import { execFile } from 'node:child_process'
import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, describe, expect, inject, it } from 'vitest'
import { deleteTopic } from '../../src/brokers/kafka/admin/deletions.js'
import { logDirs } from '../../src/brokers/kafka/admin/log-dirs.js'
import { archiveProblems } from '../chaos/kafka/archived.js'
import { complete, discard, keptExactly, resume, standing, startDiscard } from './discard-kafka-harness.js'
import {
  aBacklog,
  CONSUME,
  foreignCommit,
  journalled,
  onLink,
  runOf,
  runsOf,
  type Scene,
  told,
  underWay,
} from './fault-harness.js'
import { spawnJava, spawnSpillway, spillway } from './kafka-lab.js'

const run = promisify(execFile)
const broker = inject('kafka41')
const mounted: string[] = []
afterEach(async () => {
  for (const path of mounted.splice(0)) await run('umount', ['-l', path])
})

/** A file system of its own. Needs root, as the lab in CI has it. */
async function tmpfs(scene: Scene, size: string): Promise<string> {
  const path = join(scene.home, 'disk')
  await mkdir(path, { recursive: true })
  await run('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', path])
  mounted.push(path)
  return path
}

const held = (scene: Scene, reason: RegExp) =>
  journalled(scene, event => event.type === 'held' && reason.test(String(event.reason)))

describe('a discard whose archive has no room', () => {
  it('is refused where that is seen beforehand', async () => {
    const scene = await aBacklog(broker, { records: 9_000, size: 1000 })
    const before = await standing(scene)
    const finished = await discard(scene, ['--archive', await tmpfs(scene, '5m')])
    expect({ code: finished.code, error: told(finished).error?.code }).toEqual({ code: 4, error: 'archive-room' })
    expect(await standing(scene)).toEqual(before)
  })

  it('holds when its disk fills up, lets go of nothing that is not on it, and goes on by itself', async () => {
    const scene = await aBacklog(broker, { records: 9_000, size: 1000 })
    const disk = await tmpfs(scene, '40m')
    const running = startDiscard(scene, ['--archive', disk, '--rate', '2000'])
    await underWay(scene)
    const ballast = join(disk, 'ballast')
    await run('bash', ['-c', `head -c 60m /dev/zero > ${ballast} || true`])
    await held(scene, /^archive disk: /)
    const folder = join(disk, await runOf(scene.home))
    const stopped = await standing(scene)
    expect(stopped.some(({ metadata }) => metadata.startsWith('spillway '))).toBe(true)
    await rm(ballast)
    const envelope = complete(await running.finished)
    const asked = { folder, topic: scene.topic, lanes: envelope.lanes, records: 9_000 }
    expect(await onLink(broker, link => archiveProblems(link, asked))).toEqual([])
  })
})

describe('a discard', () => {
  it('is refused where its archive would lie in the data folder of a broker', async () => {
    const scene = await aBacklog(broker, { records: 100 })
    const [{ path } = { path: '' }] = (await onLink(broker, link => logDirs(link)))[0]?.dirs ?? []
    const finished = await discard(scene, ['--archive', join(path, 'archive')])
    expect({ code: finished.code, error: told(finished).error?.code }).toEqual({ code: 4, error: 'archive-volume' })
  })

  it('is refused, with 4, while another run has claimed the group; so is a drain of it', async () => {
    const scene = await aBacklog(broker, { records: 6_000 })
    const running = startDiscard(scene, ['--rate', '1000'])
    await underWay(scene)
    const other = { ...scene, home: join(scene.home, 'other') }
    const [second, drained] = await Promise.all([
      discard(other),
      spillway(['drain', scene.source, '--execute', '--consumers-stopped', '--yes', '--output', 'json'], other),
    ])
    for (const { code, stdout, stderr } of [second, drained]) expect(code, stdout + stderr).toBe(4)
    expect(told(second).error).toMatchObject({
      code: 'claimed',
      message: expect.stringContaining(await runOf(scene.home)),
    })
    expect(await runsOf(other.home)).toEqual([])
    await keptExactly(scene, complete(await running.finished))
  })

  it('holds while a member is in the group', async () => {
    const scene = await aBacklog(broker, { records: 8_000 })
    const running = startDiscard(scene, ['--rate', '800'])
    await underWay(scene)
    const args = [broker.brokers.join(','), scene.topic, scene.group, 'classic', '--no-commit', '--idle-ms', '4000']
    const joined = spawnJava(broker, CONSUME, args)
    const { until } = await held(scene, /^members seen in group /)
    expect(until).toBe('operator')
    await joined.finished
    const id = await runOf(scene.home)
    expect((await spillway(['set', id, 'rate=100k'], { home: scene.home })).code).toBe(0)
    expect((await spillway(['resume', id], { home: scene.home })).code).toBe(0)
    await keptExactly(scene, complete(await running.finished))
  })

  it('stops with 4 where somebody else moved the group', async () => {
    const scene = await aBacklog(broker, { records: 8_000 })
    const running = startDiscard(scene, ['--rate', '1000'])
    await underWay(scene)
    await foreignCommit(scene, 1, 7)
    const finished = await running.finished
    expect({ code: finished.code, error: told(finished).error?.code }).toEqual({ code: 4, error: 'foreign-commit' })
  })

  it('fails where its topic is deleted on the way, and keeps what it has', async () => {
    const scene = await aBacklog(broker, { records: 8_000 })
    const running = startDiscard(scene, ['--rate', '1000'])
    await underWay(scene)
    await onLink(broker, link => deleteTopic(link, scene.topic))
    const finished = await running.finished
    expect(finished.code, finished.stdout + finished.stderr).toBe(1)
    const { error, ledger, balanced } = told(finished)
    expect({ error: error?.code, balanced }).toEqual({ error: 'topic-gone', balanced: true })
    expect(Number(ledger.dropped)).toBeGreaterThan(0)
    const files = await readdir(join(scene.home, 'runs', await runOf(scene.home), 'archive'), { recursive: true })
    expect(files.filter(name => name.endsWith('.log')).length).toBeGreaterThan(0)
  })

  it('is carried on after an abort only where that is said, and is exact then', async () => {
    const scene = await aBacklog(broker, { records: 6_000, codec: 'lz4' })
    const running = startDiscard(scene, ['--rate', '1000'])
    await underWay(scene)
    const id = await runOf(scene.home)
    expect((await spillway(['abort', id], { home: scene.home })).code).toBe(0)
    expect((await running.finished).code).toBe(130)
    expect((await resume(scene)).code).toBe(4)
    const again = spawnSpillway(['resume', id, '--after-abort', '--rate', '100k', '--output', 'json'], scene)
    await keptExactly(scene, complete(await again.finished))
  })
})

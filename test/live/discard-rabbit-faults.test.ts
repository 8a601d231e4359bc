import { execFile } from 'node:child_process'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { ConsumeMessage } from 'amqplib'
import { afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import type { RabbitLab } from '../../src/lab/rabbitmq/options.js'
import { bodiesKept, discard, expectKept, startDiscard } from './discard-rabbit-harness.js'
import { newHome, runOf, runsOf, told, underWay } from './fault-harness.js'
import {
  aBacklog,
  complete,
  heldBy,
  onChannel,
  resume,
  type Scene,
  startDrain,
  statusOf,
  takeAll,
} from './rabbit-fault-harness.js'
import { alarm, api, ownRabbit } from './rabbit-lab.js'

const rabbit = inject('rabbitmq')
const TYPES = ['classic', 'quorum'] as const

describe('a node with an alarm', () => {
  let lab: RabbitLab
  beforeAll(async () => {
    lab = await ownRabbit()
  }, 120_000)
  afterEach(() => alarm(lab, 'clear'))

  it.each(TYPES)('lets a %s queue go all the same: under both alarms, and one that comes on the way', async type => {
    const scene = await aBacklog(lab, { type, messages: 4000, size: 500 })
    const running = startDiscard(scene, ['--rate', '1k'])
    await underWay(scene)
    await alarm(lab, 'memory')
    await lab.ctl('set_disk_free_limit', '100000GB')
    const ended = complete(await running.finished)
    expect(ended).toMatchObject({ ledger: { dropped: '4000' }, held: [] })
    await alarm(lab, 'clear')
    const next = await aBacklog(lab, { type, messages: 500 })
    await alarm(lab, 'disk')
    expect(complete(await discard(next)).ledger.dropped).toBe('500')
    expect(await bodiesKept(next)).toEqual(next.bodies)
    expect(await takeAll(lab, scene.queue)).toEqual([])
  })

  it('holds while a quorum queue has no leader, drained or discarded, and goes on by itself', async () => {
    for (const start of [startDiscard, startDrain]) {
      const scene = await aBacklog(lab, { type: 'quorum', messages: 5000 })
      const running = start(scene, ['--rate', '800'])
      await underWay(scene)
      const member = `quorum_queues, {'%2F_${scene.queue}', node()}`
      await lab.ctl('eval', `ra:stop_server(${member}).`)
      await heldBy(scene, /has no leader/)
      expect((await statusOf(scene)).state).toBe('held')
      await lab.ctl('eval', `ra:restart_server(${member}).`)
      const { ledger, held } = complete(await running.finished)
      expect([ledger.read, held.length > 0]).toEqual(['5000', true])
    }
  })

  // Servers are killed in the chaos of discards: RabbitMQ 3.10 may leave a quorum queue without a leader for minutes after such a death.
  it('comes through a restart of the server', async () => {
    const scene = await aBacklog(lab, { type: 'quorum', messages: 6000 })
    const running = startDiscard(scene, ['--rate', '1500'])
    await underWay(scene)
    await lab.ctl('stop_app')
    await lab.ctl('start_app')
    await expectKept(scene, complete(await running.finished))
  })
})

describe('a disk that is full under the archive', () => {
  const mounted: string[] = []
  afterEach(async () => {
    for (const path of mounted.splice(0)) await promisify(execFile)('umount', ['-l', path])
  })

  it.each(TYPES)(
    'holds with nothing acked of a %s queue that is not kept, and goes on by itself once there is room',
    async type => {
      const path = join(await newHome(), 'small')
      await mkdir(path)
      await promisify(execFile)('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', path])
      mounted.push(path)
      // Bodies that no compression makes smaller would need a source of randomness; these need only be many.
      const scene = await aBacklog(rabbit, { type, messages: 6000, size: 500 })
      const ballast = join(path, 'ballast')
      const running = startDiscard(scene, ['--archive', path, '--rate', '1k'])
      await underWay(scene)
      await promisify(execFile)('bash', ['-c', `head -c 30m /dev/zero > ${ballast} 2>/dev/null || true`])
      await heldBy(scene, /archive disk/)
      const { ledger } = await statusOf(scene)
      const folder = join(path, await runOf(scene.home))
      expect((await bodiesKept(scene, folder)).length).toBeGreaterThanOrEqual(Number(ledger.dropped))
      // What is in hand counts as well: it goes back only after a while.
      await expect.poll(() => leftIn(scene), POLL).toBe(6000 - Number(ledger.dropped))
      await rm(ballast)
      await expectKept(scene, complete(await running.finished), folder)
    },
  )
})

const POLL = { timeout: 60_000 }

const readyIn = ({ queue, server }: Scene): Promise<number> =>
  onChannel(server, async channel => (await channel.checkQueue(queue)).messageCount)

/** Messages of the queue, ready or in somebody's hands. */
async function leftIn({ queue, server }: Scene): Promise<number> {
  const all = await api(server, 'queues/%2F?columns=name,messages&disable_stats=true&enable_queue_totals=true')
  return (all as { name: string; messages: number }[]).find(({ name }) => name === queue)?.messages ?? -1
}

/** Carries a run on until it ends of itself; Spillway may be killed on the way again. */
async function toTheEnd(scene: Scene) {
  for (;;) {
    if ((await runsOf(scene.home)).length === 0) return complete(await discard(scene))
    const finished = await resume(scene)
    if (finished.signal === null) return complete(finished)
  }
}

describe.each(TYPES)('Spillway, killed while it discards a %s queue', type => {
  const POINTS =
    type === 'quorum'
      ? ['after-archive-sync:2', 'after-ack:2']
      : [
          'after-lock',
          'before-archive-sync:2',
          'after-archive-sync:2',
          'before-ack:2',
          'after-ack:2',
          'before-journal:6',
        ]

  it('has everything that is gone in the archive, at each point, and nothing twice', async () => {
    for (const point of POINTS) {
      const scene = await aBacklog(rabbit, { type, messages: 900, name: `point-${point.replace(/\W/g, '')}` })
      const killed = await discard(scene, ['--rate', '2k'], { SPILLWAY_FAILPOINT: point })
      expect(killed.signal, point).toBe('SIGKILL')
      await expectWhole(scene)
      const ended = await toTheEnd(scene)
      expect([ended.ledger.dropped, ended.duplicatesAtMost], point).toEqual(['900', '0'])
      await expectKept(scene, ended)
    }
  }, 120_000)
})

/** What is neither in the queue nor with a dead connection is in the archive; looked at without taking anything away. */
async function expectWhole(scene: Scene): Promise<void> {
  const ids = await runsOf(scene.home)
  const archive = ids.length === 0 ? [] : await bodiesKept(scene)
  let left = await readyIn(scene)
  await expect
    .poll(
      async () => {
        const now = await readyIn(scene)
        const isStill = now === left
        left = now
        return isStill
      },
      { interval: 500, timeout: 20_000 },
    )
    .toBe(true)
  // All that is gone is a prefix.
  const gone = scene.bodies.slice(0, scene.bodies.length - left)
  const there = new Set(archive)
  expect(gone.filter(body => !there.has(body))).toEqual([])
}

describe('a quorum queue with a delivery-limit', () => {
  it('stops with 4 before a message comes near it, and leaves it where it was', async () => {
    const scene = await aBacklog(rabbit, { type: 'quorum', messages: 50, args: { 'x-delivery-limit': 5 } })
    await onChannel(rabbit, async channel => {
      await channel.prefetch(1)
      let tries = 0
      await new Promise<void>((resolve, reject) => {
        const handle = (message: ConsumeMessage | null) => {
          if (message === null || ++tries > 2) resolve()
          else channel.nack(message, false, true)
        }
        channel.consume(scene.queue, handle).catch(reject)
      })
    })
    const finished = await discard(scene)
    expect([finished.code, told(finished).error?.code]).toEqual([4, 'delivery-limit'])
    expect(await readyIn(scene)).toBe(50 - Number(told(finished).ledger.dropped))
  })
})

import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { KafkaLab } from '../../src/lab/kafka/options.js'
import { aHandler, drained, expectInOrder, startFanout } from './fanout-scene.js'
import { expectNothingLost, heldFor, measured, moreCalls } from './fanout-storm-harness.js'
import { aBacklog, newHome, targetOf, told } from './fault-harness.js'
import { startOwn } from './kafka-lab.js'

const GO = ['--execute', '--yes']
let lab: KafkaLab
beforeAll(async () => {
  lab = await startOwn()
})
afterAll(() => lab.stop())

/** Lanes, by their address and for a home that has no folder of the drain. */
async function lanes(records: number, keys: number) {
  const scene = await aBacklog(lab, { records, name: 'storm', keys })
  const run = await drained(scene)
  const place = `${lab.url}/${targetOf(scene, run)}?group=spillway.${run}`
  return { place, home: await newHome() }
}

describe('a broker that restarts during a fan-out', () => {
  it('is waited for with the reason, and nothing is lost', async () => {
    const records = 5000
    const { place, home } = await lanes(records, 60)
    const handler = await aHandler()
    const running = startFanout({ home }, [place, '--module', handler.file, '--rate', '800', ...GO])
    await moreCalls(handler, 800)
    await lab.stopNode(1, 'SIGKILL')
    await heldFor(home, /^broker: /)
    await lab.startNode(1)
    const ended = await running.finished
    expect(ended.code, ended.stderr + ended.stdout).toBe(0)
    const done = told(ended)
    const calls = await handler.calls()
    const twice = expectNothingLost(calls, records, Number(done.duplicatesAtMost))
    measured(`kafka: broker killed, ${twice} twice of at most ${done.duplicatesAtMost}`)
    expectInOrder(calls)
    expect(done).toMatchObject({ state: 'complete', balanced: true, ledger: { parked: '0' } })
    expect(Number(done.ledger.read)).toBe(records)
  })
})

/** A service that counts how many requests it has at once, and can be away for a while. */
class Service {
  readonly atOnce: number[] = []
  port = 0
  #server: Server | undefined
  #open = 0

  async up(): Promise<void> {
    const server = createServer(async (request, response) => {
      this.atOnce.push(++this.#open)
      request.resume()
      await sleep(20)
      this.#open--
      response.end()
    })
    this.#server = server
    await new Promise<void>(resolve => server.listen(this.port, '127.0.0.1', resolve))
    this.port = (server.address() as AddressInfo).port
  }

  async down(): Promise<void> {
    const closed = new Promise(resolve => this.#server?.close(resolve))
    this.#server?.closeAllConnections()
    await closed
  }
}

describe('a service that is away during a fan-out', () => {
  it.each([
    ['many keys', 300, 6000],
    ['two keys', 2, 400],
  ])(
    'is waited for with the reason, parks nothing, and is met by few requests at first (%s)',
    async (what, keys, records) => {
      const { place, home } = await lanes(records, keys)
      const service = new Service()
      await service.up()
      const url = `http://127.0.0.1:${service.port}/`
      const running = startFanout({ home }, [place, '--http', url, '--workers', '1', '--concurrency', '64', ...GO])
      await expect.poll(() => service.atOnce.length, { timeout: 60_000 }).toBeGreaterThan(records / 10)
      await service.down()
      await heldFor(home, /^handler: /)
      // Away for longer than a few probes.
      await sleep(5000)
      const before = service.atOnce.length
      await service.up()
      const ended = await running.finished
      await service.down()
      expect(ended.code, ended.stderr + ended.stdout).toBe(0)
      const done = told(ended)
      expect(done).toMatchObject({
        state: 'complete',
        balanced: true,
        ledger: { read: `${records}`, written: `${records}`, parked: '0' },
        duplicatesAtMost: '0',
      })
      const first = service.atOnce.slice(before, before + 15)
      measured(`kafka: ${what}: at once when it was back: ${first.join(' ')}; held ${JSON.stringify(done.held)}`)
      expect(Math.max(...first.slice(0, 3))).toBeLessThanOrEqual(2)
      expect(Math.max(...first)).toBeLessThanOrEqual(8)
      expect(done.held.map(({ reason }) => reason)).toEqual([expect.stringMatching(/^handler: /)])
    },
  )
})

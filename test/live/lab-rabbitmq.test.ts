import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { isRunning, startOf } from '../../src/lab/process.js'
import { askConnection } from '../../src/lab/rabbitmq/probe.js'
import type { RabbitReport } from '../../src/lab/rabbitmq/report.js'
import { startRabbit } from '../../src/lab/rabbitmq/start.js'
import { readRabbits } from '../../src/lab/rabbitmq/state.js'
import { spillway } from './kafka-lab.js'
import { alarm, api, freshVhost, withRabbit, witness } from './rabbit-lab.js'

let home: string
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'rabbit-lab-'))
})
afterAll(() => rm(home, { recursive: true }))

describe('the shared RabbitMQ', () => {
  it('answers over AMQP and HTTP, with its plugins', async () => {
    const { settings, version } = inject('rabbitmq')
    await askConnection({ ...settings, tls: false })
    const overview = (await api(inject('rabbitmq'), 'overview')) as {
      rabbitmq_version: string
      exchange_types: object[]
    }
    expect(overview.rabbitmq_version).toBe(version)
    expect(overview.exchange_types).toContainEqual(expect.objectContaining({ name: 'x-consistent-hash' }))
    await api(inject('rabbitmq'), 'parameters/shovel')
  })

  it('lets the limited user log in nowhere, and nobody with a wrong password', async () => {
    const { settings } = inject('rabbitmq')
    const vhost = await freshVhost(inject('rabbitmq'), 'lab-limited')
    const limited = { ...settings, vhost, tls: false, username: 'limited' }
    await expect(askConnection({ ...limited, password: 'limited-secret' })).rejects.toThrow('access to vhost')
    await expect(askConnection({ ...limited, password: 'wrong' })).rejects.toThrow()
  })
})

describe('a RabbitMQ of one’s own', () => {
  it('comes back over its data after kill -9 and after a stop in good order, and leaves no process behind', async () => {
    const pids: number[] = []
    await withRabbit({ home }, async lab => {
      pids.push(lab.pid)
      const queue = { durable: true, arguments: { 'x-queue-type': 'quorum' } }
      await api(lab, 'queues/%2F/kept', { method: 'PUT', body: queue })
      await lab.kill()
      expect(startOf(pids[0] ?? 0)).toBeUndefined()
      await lab.restart()
      expect(await api(lab, 'queues/%2F/kept')).toMatchObject({ name: 'kept' })
      pids.push(lab.pid)
      await lab.restart()
      pids.push(lab.pid)
      expect(await lab.ctl('list_queues', 'name')).toContain('kept')
      const state = (await readRabbits(home))[0]
      if (state?.epmd) pids.push(state.epmd.pid)
    })
    expect(new Set(pids).size).toBe(4)
    expect(pids.map(startOf)).toEqual([undefined, undefined, undefined, undefined])
    expect(await readRabbits(home)).toEqual([])
  })

  it('takes TLS clients with a CA of its own, and no plain ones', async () => {
    await withRabbit({ home, tls: true }, async lab => {
      expect(lab.url).toMatch(/^amqps:/)
      expect((lab.settings.tls as { ca: string }).ca).toContain('BEGIN CERTIFICATE')
      await askConnection({ ...lab.settings, tls: true })
      await expect(askConnection({ ...lab.settings, tls: false }, 1000)).rejects.toThrow()
    })
  })

  it('obeys limits, and sets off alarms when a test asks for them', async () => {
    await withRabbit({ home, config: { 'disk_free_limit.absolute': '100000GB' } }, async lab => {
      expect(await lab.ctl('eval', 'rabbit_alarm:get_alarms().')).toContain('disk')
      await alarm(lab, 'clear')
      await alarm(lab, 'memory')
    })
  })
})

describe('a RabbitMQ 4', () => {
  it('runs beside the machine’s own, and obeys rabbitmqctl', async () => {
    await withRabbit({ version: '4' }, async lab => {
      expect(lab.version).toMatch(/^4\./)
      expect(await lab.ctl('version')).toContain(lab.version)
      const queue = { durable: true, arguments: { 'x-queue-type': 'quorum' } }
      await api(lab, 'queues/%2F/kept', { method: 'PUT', body: queue })
      await lab.kill()
      await lab.restart()
      expect(await api(lab, 'queues/%2F/kept')).toMatchObject({ type: 'quorum' })
    })
  })
})

describe('a RabbitMQ that cannot start', () => {
  it('tells the end of its log about a line that it does not take, and leaves nothing behind', async () => {
    const config = { vm_memory_high_watermarkk: 'much' }
    await expect(startRabbit({ name: 'odd', home, config, source: 'machine' })).rejects.toMatchObject({
      exitCode: 2,
      message: 'The RabbitMQ of the lab odd ended while it started',
      details: expect.arrayContaining([
        expect.objectContaining({ message: expect.stringContaining('vm_memory_high_watermarkk') }),
      ]),
    })
    expect(await readRabbits(home)).toEqual([])
  })

  it('tells of a port that is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await new Promise(resolve => other.once('listening', resolve))
    const { port: amqp } = other.address() as { port: number }
    const start = startRabbit({ name: 'taken', home, ports: { amqp }, source: 'machine' })
    await expect(start).rejects.toMatchObject({
      message: 'The RabbitMQ of the lab taken ended while it started',
      details: expect.arrayContaining([
        expect.objectContaining({ message: expect.stringMatching(/eaddrinuse|address/i) }),
      ]),
    })
    other.close()
  })

  it('gives up a start that is stopped, and ends the node', async () => {
    const stop = new AbortController()
    const start = startRabbit({ name: 'stopped', home, source: 'machine', stop: stop.signal })
    const outcome = expect(start).rejects.toThrow('enough')
    const node = async () => (await readRabbits(home))[0]?.process
    let mark: Awaited<ReturnType<typeof node>>
    await expect
      .poll(async () => {
        mark = (await node()) ?? mark
        return mark
      })
      .toBeDefined()
    stop.abort(new Error('enough'))
    await outcome
    expect(mark && isRunning(mark)).toBe(false)
    expect(await readRabbits(home)).toEqual([])
  })
})

describe('spillway lab', () => {
  const lab = (...args: string[]) =>
    spillway(['lab', ...args, '--output', 'json'], { env: { SPILLWAY_LAB: home, DOCKER_HOST: 'tcp://127.0.0.1:1' } })

  it('starts a RabbitMQ, fills a queue of it, starts it again when it was killed, and takes it down', async () => {
    const up = await lab('up', 'rabbitmq')
    expect(up.code, up.stderr).toBe(0)
    const { rabbitmq } = JSON.parse(up.stdout) as { rabbitmq: RabbitReport }
    expect(rabbitmq).toMatchObject({ source: 'machine', ready: true })
    const again = await lab('up', 'rabbitmq')
    expect(again.stderr).toContain('running already')
    expect(JSON.parse(again.stdout)).toEqual({ name: 'lab', rabbitmq })
    expect((await lab('up', 'rabbitmq', '--tls')).stderr).toContain('another TLS setting')

    const filled = await lab('fill', '--queue', 'orders', '--records', '2000')
    expect(filled.code, filled.stderr).toBe(0)
    const { address } = JSON.parse(filled.stdout) as { address: string }
    expect(address).toBe(`${rabbitmq.address}//orders`)

    process.kill(rabbitmq.pid ?? 0, 'SIGKILL')
    const ready = async () => {
      const views = JSON.parse((await lab('status')).stdout) as { rabbitmq: RabbitReport }[]
      return views.map(each => each.rabbitmq.ready)
    }
    await expect.poll(ready, { timeout: 60_000 }).toEqual([false])
    const revived = JSON.parse((await lab('up', 'rabbitmq')).stdout) as { rabbitmq: RabbitReport }
    expect(revived.rabbitmq).toMatchObject({ address: rabbitmq.address, ready: true })
    const more = await lab('fill', address, '--records', '500')
    expect(more.code, more.stderr).toBe(0)
    const port = Number(/:(\d+)$/.exec(rabbitmq.address)?.[1])
    const url = `amqp://guest:guest@127.0.0.1:${port}`
    expect(await witness({ url }, 'orders')).toHaveLength(2500)

    expect(JSON.parse((await lab('down')).stdout)).toEqual({ stopped: ['lab'], left: [] })
    expect(JSON.parse((await lab('status')).stdout)).toEqual([])
  })

  it('takes the RabbitMQ of the environment as the lab, and says so when it does not let us in', async () => {
    const up = (SPILLWAY_RABBITMQ_URL: string) =>
      spillway(['lab', 'up', 'rabbitmq', '--output', 'json'], { env: { SPILLWAY_LAB: home, SPILLWAY_RABBITMQ_URL } })
    const given = await up(inject('rabbitmq').url)
    expect(JSON.parse(given.stdout)).toMatchObject({ rabbitmq: { source: 'environment', ready: true } })
    expect(given.stdout).not.toContain('guest:guest')
    const wrong = await up(inject('rabbitmq').url.replace('guest:guest', 'guest:wrong'))
    expect(wrong).toMatchObject({ code: 2 })
    expect(wrong.stderr).toContain('SPILLWAY_RABBITMQ_URL')
  })
})

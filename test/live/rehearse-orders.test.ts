import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { readDatabases } from '../../src/lab/database/state.js'
import { POSTGRES } from '../../src/lab/postgres/postgres.js'
import { isRunning, type ProcessMark } from '../../src/lab/process.js'
import { RABBIT_USERS } from '../../src/lab/rabbitmq/options.js'
import { readRabbits } from '../../src/lab/rabbitmq/state.js'
import type { StepResult } from '../../src/verbs/rehearse/stage.js'
import { spawnSpillway, spillway } from './kafka-lab.js'
import { query, withPostgres } from './postgres-lab.js'
import { api, freshVhost } from './rabbit-lab.js'

let home: string
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'rehearse-orders-'))
})
afterAll(() => rm(home, { recursive: true, force: true }))

const env = () => ({ DOCKER_HOST: 'tcp://127.0.0.1:1', SPILLWAY_LAB: home, HOME: home })
const JSON_OUT = ['--output', 'json']

type Document = {
  passed: boolean
  scenario: string
  records: number
  run: string
  proof: Record<string, number>
  steps: (StepResult & { result: Record<string, unknown> })[]
}

/** What a rehearsal leaves of servers and runs. */
const left = async () => ({
  rehearsals: (await readdir(home)).filter(name => name.startsWith('rehearsal')),
  rabbits: await readRabbits(home),
  databases: await readDatabases(POSTGRES, home),
})
const NOTHING = { rehearsals: [], rabbits: [], databases: [] }

/** What each step ran: a verb, or something else. */
const verbsOf = ({ steps }: Document) =>
  steps
    .map(({ command }) => /^spillway (lab up|\w+)|rabbitmqadmin|stand-in|psql/.exec(command))
    .map(at => at?.[1] ?? at?.[0] ?? 'own')

describe('rehearse --scenario', () => {
  it('ttl: what has expired is found, sent again, and each order is handled once, on servers of its own', async () => {
    const { code, stdout, stderr } = await spillway(['rehearse', '--scenario', 'ttl', ...JSON_OUT], { env: env() })
    expect(code, stderr).toBe(0)
    const document = JSON.parse(stdout) as Document
    expect(document).toMatchObject({ passed: true, scenario: 'ttl', records: 10_000, run: expect.any(String) })
    expect(document.proof).toEqual({
      ...{ orders: 10_000, expired: 1000, missing: 1000, same: 1000, replayed: 1000, skipped: 9000 },
      ...{ handled: 10_000, twice: 0 },
    })
    expect(verbsOf(document)).toEqual([
      ...['lab up', 'lab up', 'rabbitmqadmin', ...Array.from({ length: 5 }, () => 'stand-in')],
      ...['reconcile', 'replay', 'replay', 'replay', 'psql', 'reconcile', 'own'],
    ])
    const [first, last] = document.steps.filter(({ command }) => command.startsWith('spillway reconcile'))
    expect(first).toMatchObject({ exitCode: 3, result: { expected: 10_000, seen: 9000, missing: 1000, extra: 0 } })
    expect(last).toMatchObject({ exitCode: 0, result: { expected: 10_000, seen: 10_000, missing: 0, duplicates: 0 } })
    expect(stdout + stderr).not.toMatch(/postgres:\/\/[^@\s"]*:[^@\s"]*@/)
    expect(await left()).toEqual(NOTHING)
  })

  it('full: the queue is let go, comes back at night, and each order is handled once, on servers that were given', async () => {
    const rabbit = inject('rabbitmq')
    const vhost = await freshVhost(rabbit, `orders-${process.pid}`)
    await api(rabbit, `permissions/${vhost}/limited`, {
      method: 'PUT',
      body: { configure: '.*', write: '.*', read: '.*' },
    })
    const amqp = `amqp://limited:${RABBIT_USERS.limited}@127.0.0.1:${rabbit.amqpPort}/${vhost}`
    await withPostgres({ home }, async ({ url }) => {
      const given = { SPILLWAY_RABBITMQ_URL: amqp, SPILLWAY_POSTGRES_URL: url }
      const args = ['rehearse', '--scenario', 'full', '--records', '2000', ...JSON_OUT]
      const { code, stdout, stderr } = await spillway(args, { env: { ...env(), ...given } })
      expect(code, stderr).toBe(0)
      expect(stdout + stderr).not.toContain(new URL(url).password)
      expect(stdout + stderr).not.toContain(RABBIT_USERS.limited)
      const document = JSON.parse(stdout) as Document
      expect(document).toMatchObject({ passed: true, scenario: 'full', records: 2000, run: expect.any(String) })
      expect(document.proof).toEqual({
        ...{ orders: 2000, queued: 1600, discarded: 1600, replayed: 1600, handled: 2000, twice: 0 },
      })
      expect(verbsOf(document)).toEqual([
        ...['lab up', 'lab up', 'rabbitmqadmin', 'stand-in', 'discard', 'discard', 'stand-in', 'stand-in'],
        ...['archive', 'replay', 'replay', 'psql', 'ledger', 'own'],
      ])
      expect(await api(rabbit, `queues/${vhost}`)).toEqual([])
      const tables = "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'rehearsal%'"
      expect(await query(url, tables)).toEqual([])
    })
    expect(await left()).toEqual(NOTHING)
  })

  it('leaves nothing behind where it fails, or is stopped', async () => {
    const rabbit = inject('rabbitmq')
    const vhost = await freshVhost(rabbit, `failed-${process.pid}`)
    const amqp = `amqp://guest:guest@127.0.0.1:${rabbit.amqpPort}/${vhost}`
    const nowhere = 'postgres://nobody:none@127.0.0.1:1/none'
    const given = { SPILLWAY_RABBITMQ_URL: amqp, SPILLWAY_POSTGRES_URL: nowhere }
    const failed = await spillway(['rehearse', '--scenario', 'full'], { env: { ...env(), ...given } })
    expect(failed).toMatchObject({ code: 2 })
    expect(await left()).toEqual(NOTHING)
    const here = { SPILLWAY_RABBITMQ_URL: amqp }
    const running = spawnSpillway(['rehearse', '--scenario', 'ttl'], { env: { ...env(), ...here } })
    await expect.poll(running.stdout, { timeout: 120_000 }).toContain('08:00 to 11:00')
    const marks = (await readDatabases(POSTGRES, home)).map(each => each.process as ProcessMark)
    expect(marks.map(isRunning)).toEqual([true])
    running.child.kill('SIGINT')
    const { code, stderr } = await running.finished
    expect(code, stderr).toBe(130)
    expect(marks.map(isRunning)).toEqual([false])
    expect(await api(rabbit, `queues/${vhost}`)).toEqual([])
    expect(await left()).toEqual(NOTHING)
  })
})

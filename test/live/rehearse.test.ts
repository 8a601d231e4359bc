import { existsSync } from 'node:fs'
import { mkdtemp, readdir, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { readDatabases } from '../../src/lab/database/state.js'
import { labHome } from '../../src/lab/home.js'
import { type LabState, readStates } from '../../src/lab/kafka/state.js'
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
  home = await mkdtemp(join(tmpdir(), 'rehearse-'))
  await symlink(join(labHome(process.env), 'jars'), join(home, 'jars'))
})
afterAll(() => rm(home, { recursive: true, force: true }))

const NO_DOCKER = { DOCKER_HOST: 'tcp://127.0.0.1:1' }
const env = () => ({ ...NO_DOCKER, SPILLWAY_LAB: home, HOME: home })

type Document = {
  passed: boolean
  records: number
  run: string
  steps: (StepResult & { result: Record<string, unknown> })[]
  error?: { code: string }
}

/** What a rehearsal leaves beside the jars. */
const left = async () => (await readdir(home)).filter(name => !['jars', 'kafka', 'rabbitmq', 'postgres'].includes(name))
const labs = async (): Promise<readonly LabState[]> => readStates(home)
const databases = () => readDatabases(POSTGRES, home)

/** What the database said of the handler's work. */
const proofOf = ({ steps }: Document) => steps.find(({ command }) => command.startsWith('psql'))?.result
const fanoutOf = ({ steps }: Document) =>
  steps.find(({ command }) => /^spillway fanout .* --execute/.test(command))?.result

const NOTHING = { left: [], labs: [], databases: [] }

describe('rehearse', () => {
  it('plays the whole night without a terminal or a home, and leaves nothing behind', async () => {
    const { code, stdout, stderr } = await spillway(['rehearse', '--records', '50000', '--output', 'json'], {
      env: env(),
    })
    expect(code, stderr).toBe(0)
    const document = JSON.parse(stdout) as Document
    const { passed, records, run, steps } = document
    expect({ passed, records }).toEqual({ passed: true, records: 50_000 })
    const verbs = steps.map(({ command }) => /^spillway (\w+( up| fill)?)|stand-in|psql/.exec(command)?.[1] ?? 'own')
    expect(verbs).toEqual([
      ...['lab up', 'lab up', 'lab fill', 'own', 'lab fill', 'survey', 'drain', 'apply', 'report'],
      ...['fanout', 'fanout', 'own', 'restore', 'restore', 'report'],
    ])
    const [drained] = steps.filter(({ command }) => command.startsWith('spillway apply'))
    expect(drained?.result).toMatchObject({ run, state: 'complete', balanced: true, duplicatesAtMost: '0' })
    expect(drained?.result.ledger).toMatchObject({ read: '50000', written: '50000', parked: '0', dropped: '0' })
    expect(fanoutOf(document)).toMatchObject({
      verb: 'fanout',
      state: 'complete',
      balanced: true,
      duplicatesAtMost: '0',
    })
    expect(proofOf(document)).toEqual({ rows: 50_000, missing: 0, repeats: 0, outOfOrder: 0 })
    expect(stdout + stderr).not.toMatch(/postgres:\/\/[^@\s"]*:[^@\s"]*@/)
    expect({ left: await left(), labs: await labs(), databases: await databases() }).toEqual(NOTHING)
  })

  it('plays it on RabbitMQ too', async () => {
    const args = ['rehearse', '--broker', 'rabbitmq', '--records', '5000', '--output', 'json']
    const { code, stdout, stderr } = await spillway(args, { env: env() })
    expect(code, stderr).toBe(0)
    const document = JSON.parse(stdout) as Document
    const { passed, records, run, steps } = document
    expect({ passed, records }).toEqual({ passed: true, records: 5000 })
    const [drained] = steps.filter(({ command }) => command.startsWith('spillway apply'))
    expect(drained?.result).toMatchObject({ run, state: 'complete', balanced: true, duplicatesAtMost: '0' })
    expect(drained?.result.ledger).toMatchObject({ read: '5000', written: '5000', parked: '0', dropped: '0' })
    expect(fanoutOf(document)).toMatchObject({
      verb: 'fanout',
      state: 'complete',
      balanced: true,
      duplicatesAtMost: '0',
    })
    expect(proofOf(document)).toEqual({ rows: 5000, missing: 0, repeats: 0, outOfOrder: 0 })
    expect(steps.at(-1)?.result).toMatchObject({ state: 'complete', originals: 'may start' })
    expect({ left: await left(), labs: await readRabbits(home), databases: await databases() }).toEqual(NOTHING)
  })

  it.each(['kafka', 'rabbitmq'])('plays it on %s without a database, its own consumers on the lanes', async broker => {
    const args = ['rehearse', '--broker', broker, '--records', '2000', '--no-database', '--output', 'json']
    const { code, stdout, stderr } = await spillway(args, { env: env() })
    expect(code, stderr).toBe(0)
    const { steps } = JSON.parse(stdout) as Document
    const worked = steps.filter(({ command }) => command.startsWith('(stand-in')).at(-1)
    expect(worked?.result).toMatchObject({ handled: 2000, missing: 0, twice: 0, outOfOrder: 0 })
    expect(steps.some(({ command }) => command.includes('postgres'))).toBe(false)
  })

  it('takes the PostgreSQL of the environment, shows no password, and leaves no table there', async () => {
    await withPostgres({ home }, async ({ url }) => {
      const args = ['rehearse', '--records', '1000', '--output', 'json']
      const given = await spillway(args, { env: { ...env(), SPILLWAY_POSTGRES_URL: url } })
      expect(given.code, given.stderr).toBe(0)
      expect(given.stdout + given.stderr).not.toContain(new URL(url).password)
      expect(proofOf(JSON.parse(given.stdout) as Document)).toMatchObject({ rows: 1000, missing: 0 })
      const tables = "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'rehearsal%'"
      expect(await query(url, tables)).toEqual([])
    })
  })

  it('takes the RabbitMQ of the environment, shows no password, and leaves no queue there', async () => {
    const rabbit = inject('rabbitmq')
    const vhost = await freshVhost(rabbit, `rehearse-${process.pid}`)
    const rights = { configure: '.*', write: '.*', read: '.*' }
    await api(rabbit, `permissions/${vhost}/limited`, { method: 'PUT', body: rights })
    const url = `amqp://limited:${RABBIT_USERS.limited}@127.0.0.1:${rabbit.amqpPort}/${vhost}`
    const given = await spillway(['rehearse', '--broker', 'rabbitmq', '--records', '1000', '--output', 'json'], {
      env: { ...env(), SPILLWAY_RABBITMQ_URL: url },
    })
    expect(given.code, given.stderr).toBe(0)
    expect(given.stdout + given.stderr).not.toContain(RABBIT_USERS.limited)
    expect(await api(rabbit, `queues/${vhost}`)).toEqual([])
    const exchanges = (await api(rabbit, `exchanges/${vhost}`)) as { name: string }[]
    expect(exchanges.filter(({ name }) => name.includes('rehearsal'))).toEqual([])
  })

  it('ends its broker when it is stopped, and says so', async () => {
    const running = spawnSpillway(['rehearse', '--records', '2M'], { env: env() })
    await expect.poll(running.stdout, { timeout: 60_000 }).toContain('pile up')
    const marks = (await labs()).flatMap(({ nodes }) => nodes.map(node => node.process as ProcessMark))
    expect(marks.map(isRunning)).toEqual([true])
    running.child.kill('SIGINT')
    const { code, stderr } = await running.finished
    expect(code, stderr).toBe(130)
    expect(stderr).toContain('Stopped by SIGINT')
    expect(marks.map(isRunning)).toEqual([false])
    expect({ left: await left(), labs: await labs(), databases: await databases() }).toEqual(NOTHING)
  })

  it('keeps broker and run to be looked at, until lab down', async () => {
    const kept = await spillway(['rehearse', '--records', '1000', '--keep', '--quiet'], { env: env() })
    expect(kept.code, kept.stderr).toBe(0)
    const { SPILLWAY_HOME = '', name = '' } =
      /SPILLWAY_HOME=(?<SPILLWAY_HOME>\S+)[\s\S]*--name (?<name>[\w-]+)/.exec(kept.stdout.slice(-1000))?.groups ?? {}
    expect(existsSync(join(SPILLWAY_HOME, 'runs'))).toBe(true)
    const runs = await spillway(['runs', '--output', 'json'], { env: env(), home: SPILLWAY_HOME })
    const kinds = (JSON.parse(runs.stdout) as { verb: string; state: string }[]).map(({ verb, state }) => [verb, state])
    expect(kinds.sort()).toEqual([
      ['drain', 'complete'],
      ['fanout', 'complete'],
    ])
    const down = await spillway(['lab', 'down', '--name', name], { env: env() })
    expect(down.stdout).toContain(`${name} is down`)
    expect({ labs: await labs(), databases: await databases() }).toEqual({ labs: [], databases: [] })
    await rm(SPILLWAY_HOME, { recursive: true })
  })

  it('takes the Kafka of the environment, and leaves no topic of its own there', async () => {
    const { url } = inject('kafka41')
    const given = await spillway(['rehearse', '--records', '1000', '--output', 'json'], {
      env: { ...env(), SPILLWAY_KAFKA_URL: url },
    })
    expect(given.code, given.stderr).toBe(0)
    const { steps } = JSON.parse(given.stdout) as Document
    const topic = /orders-rehearsal-\d+/.exec(steps[1]?.command ?? '')?.[0]
    const gone = await spillway(['survey', `${url}/${topic}?group=x`, '--window', '100ms'])
    expect(gone).toMatchObject({ code: 2 })
  })
})

import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { declareLanes } from '../../src/brokers/rabbitmq/admin/declare-lanes.js'
import { connect } from '../../src/brokers/rabbitmq/link.js'
import { verifyPlan } from '../../src/core/digest.js'
import type { QueuePlan } from '../../src/core/queue-plan.js'
import { takeRabbit } from '../../src/verbs/rehearse/rabbitmq/ground.js'
import { fakeIo } from '../unit/commands/fake-io.js'
import { spillway } from './kafka-lab.js'
import {
  aHome,
  aQueue,
  bodiesOf,
  document,
  drain,
  GO,
  inLanes,
  lanesOf,
  model,
  rabbit,
  ready,
  run,
  runOf,
  type Scene,
  slowly,
  sorted,
  VHOST,
} from './rabbit-harness.js'
import { api, witness } from './rabbit-lab.js'

const USER = 'gaps'
const PASSWORD = 'gaps-secret'
const ALL = { configure: '.*', write: '.*', read: '.*' }

const allow = (rights: object) =>
  api(rabbit, `permissions/${VHOST}/${USER}`, { method: 'PUT', body: { ...ALL, ...rights } })
const runsOf = (home: string) => readdir(join(home, 'runs')).catch(() => [])

beforeAll(async () => {
  await api(rabbit, `users/${USER}`, { method: 'PUT', body: { password: PASSWORD, tags: '' } })
})

/** The same queue for a user who is nobody but what `allow` says. */
const asUser = (scene: Scene): Scene => ({ ...scene, source: scene.source.replace(/\/\/.*@/, `//${USER}@`) })
const ENV = { SPILLWAY_PASSWORD: PASSWORD }

describe('the rights of a user', () => {
  it.each([
    [{ configure: '^spillway\\.lock\\.' }, 'configure on', '.spill.'],
    [{ configure: '\\.spill\\.' }, 'configure on', 'spillway.lock.'],
    [{ write: '\\.spill\\.' }, 'write on', 'orders-'],
    [{ read: '\\.spill\\.' }, 'read on', 'orders-'],
    [{ read: '^orders-\\d+$', write: '^orders-\\d+$' }, 'write on', '.spill.'],
  ])('are proved before anything is made: %o', async (rights, right, name) => {
    const scene = asUser(await aQueue({ messages: 1 }))
    await allow(rights)
    const refused = await drain(scene, [], ENV)
    expect(refused.code).toBe(2)
    const { error } = document(refused)
    expect(error.code).toBe('permission')
    expect(error.message).toContain(`User ${USER} lacks rights in virtual host ${VHOST}: `)
    expect(error.message).toContain(right)
    expect(error.message).toContain(name)
    expect(await runsOf(scene.home)).toEqual([])
    expect(await lanesOf(scene.queue)).toEqual([])
    expect(await ready(scene.queue)).toBe(1)
  })

  it.each([
    ['lanes', { read: '^orders-\\d+$' }, 'read on', '.spill.'],
    ['lanes', { configure: '\\.spill\\.|^spillway\\.lock' }, 'configure on', 'spillway.fanout.'],
    ['source', { read: '\\.spill\\.' }, 'read on', 'orders-'],
    ['source', { configure: '\\.spill\\.' }, 'configure on', 'spillway.lock.'],
  ])('to work the %s are proved before there is a run: %o', async (reads, rights, right, name) => {
    const scene = await aQueue({ messages: 10 })
    const limited = asUser(scene)
    await allow({})
    const of =
      reads === 'lanes' ? document(await drain(limited, ['--lanes', '2', '--key', 'routing-key'], ENV)).run : ''
    await allow(rights)
    const command = ['fanout', of || limited.source, '--exec', 'true', '--order', 'key', '--key', 'routing-key', ...GO]
    const refused = await run(limited, command, ENV)
    expect(refused.code, refused.stdout + refused.stderr).toBe(2)
    const { error } = document(refused)
    expect(error).toMatchObject({ code: 'permission', message: expect.stringContaining(right) })
    expect(error.message).toContain(name)
    expect((await runsOf(scene.home)).filter(id => id !== of)).toEqual([])
    const [configure, write, read] = [...error.hint.matchAll(/'(\^[^']*)'/g)].map(([, pattern]) => pattern)
    await allow({ configure, write, read })
    expect(document(await run(limited, command, ENV))).toMatchObject({ state: 'complete', ledger: { read: '10' } })
  })

  it('that the refusal names are enough for a run and its undo, and a plan says them beforehand', async () => {
    const scene = asUser(await aQueue({ messages: 50 }))
    await allow({ configure: '^$', write: '^$', read: '^$' })
    const plan = await run(scene, ['drain', scene.source], ENV)
    expect(plan.stdout).toMatch(/RIGHTS NEEDED[\s\S]*rabbitmqctl set_permissions -p 'drain-\d+' 'gaps'/)
    const { error } = document(await drain(scene, ['--lanes', '2'], ENV))
    const [configure, write, read] = [...error.hint.matchAll(/'(\^[^']*)'/g)].map(([, pattern]) => pattern)
    await allow({ configure, write, read })
    expect(document(await drain(scene, ['--lanes', '2'], ENV))).toMatchObject({ state: 'complete' })
    const undo = ['restore', await runOf(scene), '--undo', ...GO]
    expect(document(await run(scene, undo, ENV))).toMatchObject({ state: 'undone' })
    expect(await ready(scene.queue)).toBe(50)
    await allow(ALL)
  })
})

it('a saved plan knows its user, and no password', async () => {
  await allow(ALL)
  const scene = asUser(await aQueue({ messages: 20 }))
  const file = join(scene.home, 'plan.json')
  const printed = await run(scene, ['drain', scene.source, '--save', file], ENV)
  expect(printed.code, printed.stderr).toBe(0)
  const text = await readFile(file, 'utf8')
  expect(JSON.parse(text)).toMatchObject({ user: USER, source: scene.source.replace(/\/\/.*@/, '//') })
  expect(text).not.toContain(PASSWORD)
  const unknown = await run(scene, ['apply', file, ...GO])
  expect(document(unknown).error).toMatchObject({ code: 'credentials', hint: expect.stringContaining('--source') })
  const applied = await run(scene, ['apply', file, ...GO], ENV)
  expect(document(applied)).toMatchObject({ state: 'complete', ledger: { read: '20' } })
})

it('a survey right after a fill takes the fill for no growth', async () => {
  const scene = await aQueue({ messages: 5000 })
  const survey = document(await run(scene, ['survey', scene.source, '--window', '2s', '--output', 'json']))
  const [told] = Array.isArray(survey) ? survey : [survey]
  expect(told.total.ready).toBe('5000')
  // A last sample may hold a few of the fill, too few to contradict the count.
  expect(told.total.growth).toBeLessThan(10)
  for (const { eta } of told.waysOut) expect(eta.verdict).not.toBe('never')
})

it('a restore right after the last ack waits until the API has counted it', async () => {
  const scene = await aQueue({ messages: 3 })
  expect((await drain(scene, ['--lanes', '1'])).code).toBe(0)
  const [lane = ''] = await lanesOf(scene.queue)
  const channel = await model.createChannel()
  await channel.consume(lane, () => undefined)
  const unacked = async () =>
    ((await api(rabbit, `queues/${VHOST}/${lane}`)) as { messages_unacknowledged?: number }).messages_unacknowledged
  await expect.poll(unacked, { timeout: 60_000 }).toBe(3)
  channel.ackAll()
  await channel.close()
  const done = await run(scene, ['restore', await runOf(scene), ...GO])
  expect(done.code, done.stderr).toBe(0)
})

it('--until caught-up follows a running publisher and ends close behind it', async () => {
  const scene = await aQueue({ messages: 3000 })
  const channel = await model.createConfirmChannel()
  let sent = 3000
  const traffic = setInterval(() => {
    for (let each = 0; each < 10; each++) channel.publish(`${scene.queue}.in`, 'k0', Buffer.from(String(sent++)))
  }, 40)
  const ended = await drain(scene, ['--until', 'caught-up', '--lanes', '2']).finally(() => clearInterval(traffic))
  await channel.waitForConfirms()
  await channel.close()
  const told = document(ended)
  expect(told).toMatchObject({ state: 'complete', balanced: true, duplicatesAtMost: '0' })
  expect(Number(told.ledger.read)).toBeGreaterThan(3000)
  expect(told.lanes).toMatchObject([{ read: told.ledger.read, to: told.ledger.read }])
  const copies = bodiesOf((await inLanes(scene.queue)).flat())
  expect(copies).toHaveLength(Number(told.ledger.read))
  const left = bodiesOf(await witness(rabbit, scene.queue, { vhost: VHOST }))
  expect(sorted([...copies, ...left])).toEqual(Array.from({ length: sent }, (_, i) => String(i)))
})

it('of two drains that begin together one is refused, and leaves no run behind', async () => {
  const scene = await aQueue({ messages: 6000 })
  const rivals = [scene, { ...scene, home: await aHome() }].map(({ home }) => ({
    home,
    drain: slowly({ ...scene, home }, '100'),
  }))
  const loser = await Promise.race(rivals.map(async rival => ({ ...rival, ended: await rival.drain.finished })))
  expect(loser.ended.code, loser.ended.stderr).toBe(4)
  expect(await runsOf(loser.home)).toEqual([])
  const winner = rivals.find(({ home }) => home !== loser.home)
  winner?.drain.child.kill('SIGINT')
  expect((await winner?.drain.finished)?.code).toBe(130)
})

it('a rehearsal that failed takes its lanes away from a broker that was given', async () => {
  const url = `${rabbit.url}/${VHOST}`
  const { io } = fakeIo({ SPILLWAY_RABBITMQ_URL: url })
  const ground = await takeRabbit({ keep: false, say: () => undefined }, io)
  const { queue = '' } = ground.names
  const scene = await aQueue({ messages: 5 })
  const file = join(scene.home, 'plan.json')
  await (await model.createChannel()).assertQueue(queue)
  expect((await spillway(['drain', `${url}/${queue}`, '--save', file, '--lanes', '2'], scene)).code).toBe(0)
  const plan = verifyPlan(await readFile(file, 'utf8')) as QueuePlan
  const link = await connect({ ...rabbit.settings, vhost: VHOST }, 'test')
  await declareLanes(link, plan)
  await link.close()
  expect(await lanesOf(queue)).toHaveLength(2)
  await ground.clear([plan])
  const all = (await api(rabbit, `queues/${VHOST}`)) as { name: string }[]
  expect(all.filter(({ name }) => name.startsWith(queue))).toEqual([])
})

import { describe, expect, it } from 'vitest'
import { spawnSpillway, spillway } from './kafka-lab.js'
import { aHome, bodiesOf, document, GO, model, rabbit, ready, sorted, VHOST } from './rabbit-harness.js'
import { type Witnessed, witness } from './rabbit-lab.js'

const WAIT = { timeout: 60_000, interval: 100 }
const QUEUES = ['classic', 'quorum'] as const
let scenes = 0

type Scene = {
  readonly dlq: string
  readonly queues: Readonly<Record<(typeof QUEUES)[number], string>>
  readonly home: string
}

/** A dead-letter queue and two queues that dead-letter into it. */
async function aScene(): Promise<Scene> {
  scenes += 1
  const name = `redrive-${scenes}`
  const channel = await model.createChannel()
  await channel.assertExchange(`${name}.dlx`, 'fanout')
  await channel.assertQueue(`${name}.dlq`, { durable: true })
  await channel.bindQueue(`${name}.dlq`, `${name}.dlx`, '')
  for (const type of QUEUES)
    await channel.assertQueue(`${name}.${type}`, {
      durable: true,
      arguments: { 'x-queue-type': type, 'x-dead-letter-exchange': `${name}.dlx` },
    })
  await channel.close()
  return { dlq: `${name}.dlq`, queues: { classic: `${name}.classic`, quorum: `${name}.quorum` }, home: await aHome() }
}

async function publish(queue: string, ids: readonly string[], headers: Record<string, unknown> = {}): Promise<void> {
  const channel = await model.createConfirmChannel()
  for (const id of ids)
    channel.sendToQueue(queue, Buffer.from(id), {
      persistent: true,
      messageId: id,
      contentType: 'text/plain',
      headers: { n: Number(id), nothing: null, ...headers },
    })
  await channel.waitForConfirms()
  await channel.close()
}

/** Takes all messages of a queue and refuses them, as a consumer does that cannot handle them; resolves when they have died. */
async function refuseAll({ dlq }: Pick<Scene, 'dlq'>, queue: string, count: number): Promise<void> {
  const dead = (await ready(dlq)) + count
  const channel = await model.createChannel()
  await channel.consume(queue, message => {
    if (message !== null) channel.nack(message, false, false)
  })
  // Seen on RabbitMQ 3.10: a quorum queue may drop what is on its way into the dead-letter exchange when the channel ends.
  await expect.poll(() => ready(dlq), WAIT).toBe(dead)
  await channel.close()
}

const ids = (count: number, from = 0) => Array.from({ length: count }, (_, at) => String(from + at))
const peek = (queue: string): Promise<Witnessed[]> => witness(rabbit, queue, { vhost: VHOST, mode: 'peek' })
const address = (queue: string) => `${rabbit.url}/${VHOST}/${queue}`
const redrive = ({ dlq, home }: Scene, flags: readonly string[] = [], env: Record<string, string> = {}) =>
  spillway(['replay', address(dlq), '--to', 'origin', ...GO, '--management', rabbit.managementUrl, ...flags], {
    home,
    env,
  })
/** All but what a broker or a replay adds. */
const content = ({ body, properties, headers = [] }: Witnessed) => ({
  body,
  properties,
  headers: headers.filter(([name]) => !['x-replay-count', 'x-delivery-count', 'x-acquired-count'].includes(name)),
})

describe('replay of a dead-letter queue', () => {
  it('sends each message back to the queue in which it died, as it was; what never died is parked', async () => {
    const scene = await aScene()
    const { classic, quorum } = scene.queues
    await publish(classic, ids(700))
    await publish(quorum, ids(300, 1000))
    const before = { classic: await peek(classic), quorum: await peek(quorum) }
    await refuseAll(scene, classic, 700)
    await refuseAll(scene, quorum, 300)
    await publish(scene.dlq, ids(2, 9000))
    const finished = await redrive(scene)
    const { run, state, ledger, balanced, duplicatesAtMost } = document(finished)
    expect({ code: finished.code, state, ledger, balanced, duplicatesAtMost }).toEqual({
      code: 3,
      state: 'complete',
      ledger: { read: '1002', written: '1000', parked: '2', dropped: '0' },
      balanced: true,
      duplicatesAtMost: '0',
    })
    expect(await ready(scene.dlq)).toBe(0)
    for (const type of QUEUES) {
      const after = await peek(scene.queues[type])
      expect(after.map(content)).toEqual(before[type].map(content))
      expect(
        after.every(({ headers = [] }) =>
          headers.some(([name, , value]) => name === 'x-replay-count' && value === '1'),
        ),
      ).toBe(true)
    }
    const found = await spillway(['ledger', '9001', '--output', 'json'], { home: scene.home })
    expect(found.code).toBe(0)
    expect(document(found).events).toMatchObject([{ what: 'parked', run, where: `parked:${run}` }])
  })

  it('loses nothing when it is killed, and says how many may be there twice', async () => {
    const scene = await aScene()
    const { classic } = scene.queues
    await publish(classic, ids(1500))
    await refuseAll(scene, classic, 1500)
    const killed = await redrive(scene, [], { SPILLWAY_FAILPOINT: 'after-confirm:2' })
    expect(killed.signal).toBe('SIGKILL')
    const [{ run }] = document(await spillway(['runs', '--output', 'json'], { home: scene.home }))
    const resume = ['resume', run, '--output', 'json', '--management', rabbit.managementUrl]
    const finished = await spillway(resume, { home: scene.home })
    const { state, balanced, duplicatesAtMost } = document(finished)
    expect({ code: finished.code, state, balanced }).toEqual({ code: 0, state: 'complete', balanced: true })
    const bodies = bodiesOf(await peek(classic))
    expect(sorted([...new Set(bodies)])).toEqual(ids(1500))
    expect(bodies.length - 1500).toBeGreaterThan(0)
    expect(bodies.length - 1500).toBeLessThanOrEqual(Number(duplicatesAtMost))
    expect(await ready(scene.dlq)).toBe(0)
  })

  it('stops at Ctrl-C with nothing there twice, and is carried on', async () => {
    const scene = await aScene()
    const { quorum } = scene.queues
    await publish(quorum, ids(600))
    await refuseAll(scene, quorum, 600)
    const flags = ['--management', rabbit.managementUrl, '--rate', '100']
    const running = spawnSpillway(['replay', address(scene.dlq), '--to', 'origin', ...GO, ...flags], {
      home: scene.home,
    })
    await expect.poll(() => ready(quorum), WAIT).toBeGreaterThan(0)
    running.child.kill('SIGINT')
    const stopped = await running.finished
    const { run, state, duplicatesAtMost } = document(stopped)
    expect({ code: stopped.code, state, duplicatesAtMost }).toEqual({
      code: 130,
      state: 'stopped',
      duplicatesAtMost: '0',
    })
    expect((await ready(quorum)) + (await ready(scene.dlq))).toBe(600)
    const resume = ['resume', run, '--output', 'json', '--rate', '5k', '--management', rabbit.managementUrl]
    expect((await spillway(resume, { home: scene.home })).code).toBe(0)
    expect(bodiesOf(await peek(quorum))).toEqual(ids(600))
  })

  it('parks what was replayed three times already, and what has no queue to go back to', async () => {
    const scene = await aScene()
    const { classic, quorum } = scene.queues
    await publish(classic, ids(3), { 'x-replay-count': '3' })
    await publish(classic, ids(4, 10), { 'x-replay-count': '2' })
    await publish(quorum, ids(5, 20))
    await refuseAll(scene, classic, 7)
    await refuseAll(scene, quorum, 5)
    const channel = await model.createChannel()
    await channel.deleteQueue(quorum)
    await channel.close()
    const finished = await redrive(scene)
    const { run, ledger } = document(finished)
    expect({ code: finished.code, ledger }).toMatchObject({
      code: 3,
      ledger: { read: '12', written: '4', parked: '8' },
    })
    expect(bodiesOf(await peek(classic))).toEqual(ids(4, 10))
    const told = async (id: string) =>
      document(await spillway(['ledger', id, '--output', 'json'], { home: scene.home })).events[0].detail
    expect(await told('0')).toContain('replayed 3 times already')
    expect(await told('20')).toContain(`queue ${quorum}, where it died, is not there`)
    expect(run).toBeDefined()
  })

  it('refuses while somebody consumes the queue, and changes nothing without --execute', async () => {
    const scene = await aScene()
    await publish(scene.dlq, ids(3))
    const channel = await model.createChannel()
    const { consumerTag } = await channel.consume(scene.dlq, () => undefined)
    await channel.recover()
    expect((await redrive(scene)).code).toBe(4)
    await channel.cancel(consumerTag)
    await channel.close()
    await expect.poll(() => ready(scene.dlq), WAIT).toBe(3)
    const dry = [
      'replay',
      address(scene.dlq),
      '--to',
      'origin',
      '--output',
      'json',
      '--management',
      rabbit.managementUrl,
    ]
    const planned = await spillway(dry, { home: scene.home })
    expect(planned.code).toBe(0)
    expect(document(planned)).toMatchObject({ state: 'planned', refusals: [] })
    const some = await spillway([...dry, '--only-id', '1'], { home: scene.home })
    expect(some.code).toBe(2)
    expect((await peek(scene.dlq)).map(({ redelivered }) => redelivered)).toEqual([true, true, true])
  })
})

import { beforeAll, describe, expect, it } from 'vitest'
import type { RabbitLab } from '../../src/lab/rabbitmq/options.js'
import { discard, expectKept } from './discard-rabbit-harness.js'
import { told } from './fault-harness.js'
import {
  aBacklog,
  complete,
  drain,
  lanesOf,
  namesOn,
  onChannel,
  run,
  type Scene,
  takeAll,
} from './rabbit-fault-harness.js'
import { ownRabbit } from './rabbit-lab.js'

let lab: RabbitLab
beforeAll(async () => {
  lab = await ownRabbit({ version: '4' })
}, 180_000)

const json = async (scene: Scene, args: readonly string[]) => {
  const finished = await run(scene, [...args, '--output', 'json'])
  expect(finished.code, finished.stdout + finished.stderr).toBe(0)
  return JSON.parse(finished.stdout)
}
const runIn = async (scene: Scene): Promise<string> => (await json(scene, ['runs']))[0].run

describe.each(['classic', 'quorum'] as const)('RabbitMQ 4, a %s queue', type => {
  it('is surveyed and planned with what is in force there', async () => {
    const scene = await aBacklog(lab, { type, messages: 200 })
    const survey = await json(scene, ['survey', scene.source, '--window', '1s'])
    expect(survey).toMatchObject({
      serverVersion: expect.stringMatching(/^4\./),
      queue: { type },
      total: { ready: '200' },
    })
    const { plan } = await json(scene, ['drain', scene.source])
    expect(plan).toMatchObject({ queueType: type, refusals: [] })
    const limit = { limit: 20, by: expect.stringContaining('default of RabbitMQ 4') }
    expect(plan.deliveryLimit).toEqual(type === 'quorum' ? limit : undefined)
  })

  it('is drained by key, and restored once its lanes are empty', async () => {
    const properties = (i: number) => ({ messageId: `k${i % 7}` })
    const scene = await aBacklog(lab, { type, messages: 700, properties })
    const before = await namesOn(lab)
    complete(await drain(scene, ['--key', 'property:message-id']))
    const id = await runIn(scene)
    const refused = await run(scene, ['restore', id, '--execute', '--yes', '--output', 'json'])
    expect({ code: refused.code, error: told(refused).error?.message }).toEqual({
      code: 4,
      error: expect.stringContaining('700 unread'),
    })
    const bodies: string[] = []
    for (const lane of await lanesOf(scene)) {
      const found = (await takeAll(lab, lane)).map(Number)
      for (const key of new Set(found.map(n => n % 7))) {
        const ofKey = found.filter(n => n % 7 === key)
        expect(ofKey).toEqual([...ofKey].sort((a, b) => a - b))
        expect(ofKey).toHaveLength(100)
      }
      bodies.push(...found.map(String))
    }
    expect(bodies.sort()).toEqual([...scene.bodies].sort())
    expect(await json(scene, ['restore', id, '--execute', '--yes'])).toMatchObject({ originals: 'may start' })
    expect(await namesOn(lab)).toEqual(before)
  })

  it('gets its backlog back with its properties, by undo', async () => {
    const scene = await aBacklog(lab, { type, messages: 300, properties: () => ({ expiration: '3600000' }) })
    complete(await drain(scene))
    const undone = await json(scene, ['restore', await runIn(scene), '--undo', '--execute', '--yes'])
    expect(undone).toMatchObject({ state: 'undone', originals: 'may start' })
    const message = await onChannel(lab, channel => channel.get(scene.queue, { noAck: true }))
    expect(message).toMatchObject({ properties: { expiration: '3600000' } })
    expect(await takeAll(lab, scene.queue)).toHaveLength(299)
  })

  it('loses what is older by a discard, and keeps the rest in its place', async () => {
    const now = Math.floor(Date.now() / 1000)
    const properties = (i: number) => ({ timestamp: i < 700 ? now - 7200 : now })
    const scene = await aBacklog(lab, { type, messages: 1500, properties })
    const ended = complete(await discard(scene, ['--older-than', '1h']))
    const { archive, left } = await expectKept(scene, ended)
    expect(archive).toEqual(scene.bodies.slice(0, 700))
    expect(left).toEqual(scene.bodies.slice(700))
  })
})

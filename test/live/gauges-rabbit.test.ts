import { expect, it } from 'vitest'
import { parseAddress } from '../../src/core/address.js'
import { openReplayTarget } from '../../src/verbs/rabbitmq/replay/target.js'
import { fakeIo } from '../unit/commands/fake-io.js'
import { aQueue, rabbit } from './rabbit-harness.js'
import { api } from './rabbit-lab.js'

it('counts what is ready at the target, also after its connection was cut', async () => {
  const scene = await aQueue({ messages: 40 })
  const present = { format: 'text', color: false, quiet: true } as const
  await using target = await openReplayTarget(parseAddress(scene.source), {}, { io: fakeIo().io, present })
  expect(await target.waiting(undefined)).toBe(40n)
  const ours = async () => {
    const all = (await api(rabbit, 'connections')) as {
      name: string
      client_properties: { connection_name?: string }
    }[]
    return all.filter(
      ({ client_properties: { connection_name: name } }) => name?.includes(` ${process.pid}`) && /look/.test(name),
    )
  }
  await expect.poll(async () => (await ours()).length, { timeout: 60_000 }).toBeGreaterThan(0)
  for (const { name } of await ours())
    await api(rabbit, `connections/${encodeURIComponent(name)}`, { method: 'DELETE' })
  await expect.poll(async () => target.waiting(undefined).catch(String), { timeout: 60_000 }).toBe(40n)
})

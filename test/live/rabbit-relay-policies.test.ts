import { expect, it } from 'vitest'
import { spillway } from './kafka-lab.js'
import { aQueue, bodiesOf, document, inLanes, rabbit, runOf, slowly, sorted, VHOST } from './rabbit-harness.js'
import { api } from './rabbit-lab.js'

const POLL = { timeout: 60_000 }

it.each(['policies', 'operator-policies'])(
  'one of the %s that would expire copies holds the run until it is gone',
  async kind => {
    const scene = await aQueue({ messages: 1000 })
    const running = slowly(scene, '50')
    const status = async () => document(await spillway(['status', await runOf(scene), '--output', 'json'], scene))
    await expect.poll(() => runOf(scene), POLL).toMatch(/^\d/)
    await expect.poll(async () => Number((await status()).ledger.read), POLL).toBeGreaterThan(0)
    const policy = `${kind}/${VHOST}/short-${scene.queue}`
    const definition = { 'message-ttl': 86_400_000 }
    const pattern = `^${scene.queue}\\.spill\\.`
    await api(rabbit, policy, { method: 'PUT', body: { pattern, 'apply-to': 'queues', definition } })
    await expect.poll(async () => (await status()).state, POLL).toBe('held')
    const { held } = await status()
    expect(held.at(-1).reason).toContain(`short-${scene.queue} puts message-ttl=86400000 on the temporary queues`)
    expect((await spillway(['set', await runOf(scene), 'rate=unlimited'], scene)).code).toBe(0)
    expect((await status()).state).toBe('held')
    await api(rabbit, policy, { method: 'DELETE' })
    const ended = document(await running.finished)
    expect(ended).toMatchObject({ state: 'complete', balanced: true, ledger: { read: '1000' } })
    expect(ended.warnings.join()).toContain('what it took from them before it was seen is gone')
    expect(sorted(bodiesOf((await inLanes(scene.queue)).flat()))).toEqual(scene.bodies)
  },
)

import { afterEach, expect, it } from 'vitest'
import { connect, type Link } from '../../../../../src/brokers/kafka/link.js'
import { waitingOut } from '../../../../../src/brokers/kafka/work/patience.js'
import { HoldGate } from '../../../../../src/core/gate.js'
import { aBroker } from './a-broker.js'

const HEARTBEAT = { api: 12, version: 0, name: 'Heartbeat' }
const HOURS = 3_600_000

const closings: (() => void)[] = []
afterEach(() => {
  for (const close of closings.splice(0)) close()
})

async function aLink(how: Parameters<typeof aBroker>[0] = {}) {
  const broker = await aBroker(how)
  closings.push(broker.close)
  return { broker, link: await connect({ brokers: broker.brokers }) }
}

const dispose = (link: Link) => link[Symbol.asyncDispose]()

it('ends a request that nobody answers when its link is disposed of', async () => {
  const { broker, link } = await aLink()
  const wire = await link.wire(1, 'member')
  const asking = wire.ask(HEARTBEAT, [], HOURS)
  await broker.asked
  await dispose(link)
  await expect(asking).rejects.toMatchObject({ code: 'connection-lost' })
  await expect(wire.ask(HEARTBEAT, [], HOURS)).rejects.toMatchObject({ code: 'connection-lost' })
})

it('ends a request that waits in line while the broker throttles', async () => {
  const { link } = await aLink({ throttleMs: HOURS })
  await link.refresh()
  const wire = await link.any()
  const asking = wire.ask(HEARTBEAT, [], HOURS)
  await dispose(link)
  await expect(asking).rejects.toMatchObject({ code: 'connection-lost' })
})

it('ends a dial that is under way', async () => {
  const { broker, link } = await aLink()
  broker.mute()
  const dialling = link.wire(1, 'member')
  await broker.asked
  const ended = dispose(link)
  await expect(dialling).rejects.toMatchObject({ exitCode: 1 })
  await ended
})

it('says of itself that it is closed, so that nobody waits for that to pass', async () => {
  const { link } = await aLink()
  await dispose(link)
  const closed = { code: 'closed', retry: false }
  await expect(link.any()).rejects.toMatchObject(closed)
  await expect(link.wire(1)).rejects.toMatchObject(closed)
  await expect(link.refresh()).rejects.toMatchObject(closed)
  const patience = { link, gate: new HoldGate(), lane: '0', signal: new AbortController().signal }
  await expect(waitingOut(patience, () => link.any())).rejects.toMatchObject(closed)
})

it('takes a connection that is dropped at its first request for a broker that dies, once others have worked', async () => {
  const { broker, link } = await aLink()
  broker.drop()
  await expect(link.wire(1, 'fetch-0')).rejects.toMatchObject({ code: 'unreachable', retry: true })
  await expect(connect({ brokers: broker.brokers })).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringContaining('TLS on one side only'),
  })
  await dispose(link)
})

import { writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { connect as dial } from 'amqplib'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { RabbitLab } from '../../src/lab/rabbitmq/options.js'
import { journalled, newHome, underWay } from './fault-harness.js'
import { spawnSpillway } from './kafka-lab.js'
import {
  aBacklog,
  complete,
  drain,
  expectWhole,
  heldBy,
  resume,
  run,
  saysNo,
  startDrain,
  statusOf,
  through,
} from './rabbit-fault-harness.js'
import { ownRabbit } from './rabbit-lab.js'
import { QUICK_RABBIT } from './setup.js'
import { proxyTo, type TcpProxy } from './tcp-proxy.js'

let lab: RabbitLab
let secure: RabbitLab
beforeAll(async () => {
  // A dead connection is noticed within 6 s instead of 30 s.
  const labs = [ownRabbit({ config: { ...QUICK_RABBIT.config, heartbeat: '2' } }), ownRabbit({ tls: true })]
  ;[lab, secure] = (await Promise.all(labs)) as [RabbitLab, RabbitLab]
}, 180_000)

const proxies: TcpProxy[] = []
afterEach(() => {
  for (const proxy of proxies.splice(0)) proxy.close()
})
async function aProxy(): Promise<TcpProxy> {
  const proxy = await proxyTo(lab.amqpPort)
  proxies.push(proxy)
  return proxy
}

/** The relay dials to look, to consume and to publish, in this order. */
const [CONSUME, PUBLISH] = [1, 2]

describe.each(['classic', 'quorum'] as const)('the connections of a %s queue', type => {
  it('are cut in the middle of frames, from either side: nothing is lost', async () => {
    const proxy = await aProxy()
    const scene = await aBacklog(lab, { type, messages: 5000, size: 1000 })
    const running = startDrain(through(scene, proxy), ['--rate', '4k'])
    await underWay(scene)
    await proxy.cutAfter('down', 200_003)
    await proxy.cutAfter('up', 300_007)
    await proxy.cutAfter('down', 100_001)
    const ended = complete(await running.finished)
    expect((await expectWhole(scene, ended)).left).toEqual([])
  })

  it('lose acks on their way: what comes again is told of', async () => {
    const proxy = await aProxy()
    const scene = await aBacklog(lab, { type, messages: 3000 })
    const running = startDrain(through(scene, proxy), ['--rate', '1k'])
    // By then it reads in one go: only acks are still to be sent.
    await journalled(scene, ({ type, mark }) => type === 'settled' && Number(mark) > 400)
    proxy.wires[CONSUME]?.swallow('up')
    const ended = complete(await running.finished)
    expect(Number(ended.duplicatesAtMost)).toBeGreaterThan(0)
    await expectWhole(scene, ended)
  })
})

describe('connections', () => {
  it('that are half-open are found out by their heartbeat, and made anew', async () => {
    const proxy = await aProxy()
    const scene = await aBacklog(lab, { messages: 3000 })
    const running = startDrain(through(scene, proxy), ['--rate', '1k'])
    await underWay(scene)
    proxy.swallow()
    await expectWhole(scene, complete(await running.finished))
  })

  it('of which only the publishing one is half-open lose nothing', async () => {
    const proxy = await aProxy()
    const scene = await aBacklog(lab, { type: 'quorum', messages: 3000 })
    const running = startDrain(through(scene, proxy), ['--rate', '1k'])
    await underWay(scene)
    proxy.wires[PUBLISH]?.swallow()
    await expectWhole(scene, complete(await running.finished))
  })

  it('that are slow copy at their pace, each message once', async () => {
    const proxy = await aProxy()
    const scene = await aBacklog(lab, { messages: 800, size: 1000 })
    proxy.slow(400_000)
    const ended = complete(await drain(through(scene, proxy)))
    expect(ended).toMatchObject({ duplicatesAtMost: '0', held: [] })
    expect((await expectWhole(scene, ended)).copies).toHaveLength(800)
  })

  it('that were cut do not blind the watch over consumers', async () => {
    const proxy = await aProxy()
    const scene = await aBacklog(lab, { type: 'quorum', messages: 9000 })
    const running = startDrain(through(scene, proxy), ['--rate', '300'])
    await underWay(scene)
    const wires = proxy.wires.length
    proxy.cut()
    // Those that copy, at least: who watches may come later.
    await expect.poll(() => proxy.wires.length, { timeout: 60_000 }).toBeGreaterThanOrEqual(wires + 2)
    const stranger = await dial(`${lab.url}/`)
    const channel = await stranger.createChannel()
    await channel.prefetch(1)
    await channel.consume(scene.queue, () => undefined)
    await heldBy(scene, /another consumer/)
    await stranger.close()
    await run(scene, ['set', (await statusOf(scene)).run, 'rate=unlimited'])
    expect((await resume(scene)).code).toBe(0)
    await expectWhole(scene, complete(await running.finished))
  })
})

describe('TLS', () => {
  const inFile = async (home: string, cluster: object): Promise<string[]> => {
    const file = join(home, 'spillway.yaml')
    // JSON is YAML.
    await writeFile(file, JSON.stringify({ clusters: { mq: cluster } }))
    return ['--config', file]
  }

  it('carries a whole drain, with the authority of the settings file', async () => {
    const scene = await aBacklog(secure, { messages: 500 })
    const cluster = { url: `${secure.url}/`, tls: { ca: secure.caFile }, management: secure.managementUrl }
    const config = await inFile(scene.home, cluster)
    const ended = complete(await drain({ ...scene, source: `mq/${scene.queue}` }, config))
    expect((await expectWhole(scene, ended)).copies).toHaveLength(500)
  })

  it('whose certificate nobody vouches for is refused', async () => {
    const { code, error } = await saysNo(`${secure.url}//orders`)
    expect({ code, error }).toMatchObject({
      code: 2,
      error: { code: 'certificate', hint: expect.stringContaining('ca') },
    })
  })

  it('against a plain port, and plain against its port, are told apart from a dead server', async () => {
    const plain = await saysNo(`${secure.url.replace('amqps', 'amqp')}//orders`)
    expect({ code: plain.code, error: plain.error }).toMatchObject({ code: 2, error: { code: 'tls-mismatch' } })
    expect(plain.error.hint).toContain('amqps://')
    const tls = await saysNo(`${lab.url.replace('amqp', 'amqps')}//orders`)
    expect({ code: tls.code, error: tls.error }).toMatchObject({ code: 2, error: { code: 'tls-mismatch' } })
    expect(tls.error.hint).toContain('amqp://')
  })
})

/** A server that takes connections and never says a word. `came` resolves with the first. */
async function silence(): Promise<{ server: Server; port: number; came: Promise<void> }> {
  const server = createServer()
  const came = new Promise<void>(resolve => server.once('connection', () => resolve()))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return { server, came, port: address !== null && typeof address === 'object' ? address.port : 0 }
}

describe('a server that cannot be reached', () => {
  it.each([
    ['a port that is closed', 'amqp://127.0.0.1:1', /127\.0\.0\.1:1/],
    ['a host that does not resolve', 'amqp://no-such-host.invalid', /no-such-host\.invalid:5672/],
    ['a host that swallows packets', 'amqp://192.0.2.1', /192\.0\.2\.1:5672/],
  ])('%s is named', async (_, url, named) => {
    const { code, error } = await saysNo(`${url}//orders`)
    expect({ code, error: error.code }).toEqual({ code: 2, error: 'unreachable' })
    expect(error.message).toMatch(named)
  })

  it('takes connections and stays silent: it is told, and Ctrl-C ends the wait', async () => {
    const { server, port, came } = await silence()
    const url = `amqp://127.0.0.1:${port}//orders`
    const waiting = spawnSpillway(['drain', url, '--execute', '--yes'], { home: await newHome() })
    await came
    waiting.child.kill('SIGINT')
    expect((await waiting.finished).code).toBe(130)
    const { code, error } = await saysNo(url)
    server.close()
    expect({ code, error: error.code }).toEqual({ code: 2, error: 'unreachable' })
  })

  it('refuses a password, which is shown nowhere', async () => {
    const { code, error, all } = await saysNo(`${lab.url.replace('guest:guest', 'guest:wr0ng-pa55word')}//orders`)
    expect({ code, error: error.code }).toEqual({ code: 2, error: 'credentials' })
    expect(all).not.toContain('wr0ng-pa55word')
  })

  it('has no such virtual host, or lets the user not into it', async () => {
    const closed = await saysNo(`${lab.url.replace('guest:guest', 'limited:limited-secret')}//orders`)
    expect({ code: closed.code, error: closed.error }).toMatchObject({
      code: 2,
      error: { code: 'no-vhost', message: expect.stringContaining('limited') },
    })
    const { code, error } = await saysNo(`${lab.url}/nowhere/orders`)
    expect({ code, error }).toMatchObject({
      code: 2,
      error: { code: 'no-vhost', message: expect.stringContaining('nowhere') },
    })
  })
})

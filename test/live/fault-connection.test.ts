import { writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, describe, expect, inject, it } from 'vitest'
import type { KafkaLab } from '../../src/lab/kafka/options.js'
import { newHome, runsOf } from './fault-harness.js'
import { type Finished, ownKafka, type Running, spawnSpillway, spillway } from './kafka-lab.js'

const NO = 15_000
const ADDRESS = '/orders?group=billing'
const GO = ['--execute', '--consumers-stopped', '--yes', '--output', 'json']

type No = { code: number | null; error: { code: string; message: string; hint: string }; ms: number; all: string }

/** A server that takes connections and never says a word; resolves with its port. */
async function silence(): Promise<{ server: Server; port: number }> {
  const server = createServer(() => undefined)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return { server, port: address !== null && typeof address === 'object' ? address.port : 0 }
}

async function no(source: string, settings?: object): Promise<No> {
  const home = await newHome()
  const began = Date.now()
  const finished = await spillway(['drain', source, ...GO, ...(await configOf(home, settings))], { home })
  const ms = Date.now() - began
  expect(await runsOf(home)).toEqual([])
  return { code: finished.code, ms, all: finished.stdout + finished.stderr, error: errorOf(finished) }
}

async function configOf(home: string, settings?: object): Promise<string[]> {
  if (settings === undefined) return []
  const file = join(home, 'spillway.yaml')
  // JSON is YAML.
  await writeFile(file, JSON.stringify({ clusters: { c: settings } }))
  return ['--config', file]
}

function errorOf({ stdout, stderr }: Finished): No['error'] {
  const { error } = JSON.parse(stdout || '{}') as { error?: No['error'] }
  if (!error) throw new Error(`no error: ${stdout}${stderr}`)
  expect(stderr.match(/^spillway: /gm)).toHaveLength(1)
  expect(error.hint).not.toBe('')
  return error
}

const interrupted = async ({ child, finished }: Running) => {
  await sleep(700)
  const began = Date.now()
  child.kill('SIGINT')
  const { code } = await finished
  return { code, ms: Date.now() - began }
}

describe('an address that does not answer', () => {
  it.each([
    ['a port that is closed', 'kafka://127.0.0.1:1', /127\.0\.0\.1:1/],
    ['a host that does not resolve', 'kafka://no-such-host.invalid:9092', /no-such-host\.invalid/],
    ['a host that swallows packets', 'kafka://192.0.2.1:9092', /192\.0\.2\.1:9092/],
    ['three that swallow packets', 'kafka://192.0.2.1:9092,192.0.2.2:9092,192.0.2.3:9092', /192\.0\.2\.3:9092/],
  ])('%s is named within 15 s', async (_, url, named) => {
    const { code, error, ms } = await no(url + ADDRESS)
    expect({ code, error: error.code }).toEqual({ code: 2, error: 'unreachable' })
    expect(error.message).toMatch(named)
    expect(ms).toBeLessThan(NO)
  })

  it('takes connections and stays silent: told within 15 s, and Ctrl-C ends it at once', async () => {
    const { server, port } = await silence()
    const three = await no(`kafka://127.0.0.1:${port},localhost:${port},127.0.0.2:${port}${ADDRESS}`)
    expect({ code: three.code, in: three.ms < NO }).toEqual({ code: 2, in: true })
    const url = `kafka://127.0.0.1:${port}${ADDRESS}`
    const { code, ms } = await no(url)
    expect(code).toBe(2)
    expect(ms).toBeLessThan(NO)
    const stopped = await interrupted(spawnSpillway(['drain', url, ...GO], { home: await newHome() }))
    server.close()
    expect(stopped.code).toBe(130)
    expect(stopped.ms).toBeLessThan(1000)
  })
})

describe('TLS and SASL that do not fit', () => {
  let secure: KafkaLab
  beforeAll(async () => {
    secure = await ownKafka({ sasl: 'plain', tls: true })
  })
  const plain = inject('kafka41')
  const right = () => ({ mechanism: 'plain', username: 'admin', password: 'admin-secret' })
  const tls = () => ({ ca: secure.caFile })

  it('TLS against a plain listener', async () => {
    const { code, error, ms } = await no(`c${ADDRESS}`, { brokers: plain.brokers, tls: true })
    expect({ code, error: error.code }).toEqual({ code: 2, error: 'tls-mismatch' })
    expect(ms).toBeLessThan(NO)
  })

  it('plain against a TLS listener', async () => {
    const { code, error, ms } = await no(`c${ADDRESS}`, { brokers: secure.brokers, sasl: right() })
    expect({ code, error: error.code }).toEqual({ code: 2, error: 'tls-mismatch' })
    expect(ms).toBeLessThan(NO)
  })

  it('a certificate of an unknown authority', async () => {
    const { code, error } = await no(`c${ADDRESS}`, { brokers: secure.brokers, tls: true, sasl: right() })
    expect({ code, error: error.code }).toEqual({ code: 2, error: 'certificate' })
  })

  it('a wrong password, which is shown nowhere', async () => {
    const sasl = { ...right(), password: 'wr0ng-pa55word' }
    const { code, error, all, ms } = await no(`c${ADDRESS}`, { brokers: secure.brokers, tls: tls(), sasl })
    expect({ code, error: error.code }).toEqual({ code: 2, error: 'credentials' })
    expect(all).not.toContain('wr0ng-pa55word')
    expect(ms).toBeLessThan(NO)
  })

  it('no credentials where they are wanted', async () => {
    const { code, error } = await no(`c${ADDRESS}`, { brokers: secure.brokers, tls: tls() })
    expect({ code, error: error.code }).toEqual({ code: 2, error: 'credentials' })
  })

  it('a mechanism that the broker does not offer', async () => {
    const sasl = { ...right(), mechanism: 'scram-sha-512' }
    const { code, error } = await no(`c${ADDRESS}`, { brokers: secure.brokers, tls: tls(), sasl })
    expect({ code, error: error.code }).toEqual({ code: 2, error: 'credentials' })
    expect(error.message).toMatch(/mechanism/)
    expect(error.hint).toMatch(/plain, scram-sha-256/)
  })

  it('a mechanism that does not exist', async () => {
    const sasl = { ...right(), mechanism: 'kerberos' }
    const { code, error } = await no(`c${ADDRESS}`, { brokers: secure.brokers, tls: tls(), sasl })
    expect(code).toBe(2)
    expect(JSON.stringify(error)).toContain('scram-sha-512')
  })
})

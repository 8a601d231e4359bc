import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseAddress } from '../../../src/core/address.js'
import { UserError } from '../../../src/errors.js'
import { kafkaSettings, rabbitSettings, resolvePlace } from '../../../src/settings.js'
import { fakeIo } from '../commands/fake-io.js'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'settings-'))
})
afterEach(() => rm(folder, { recursive: true }))

type Given = { address: string; yaml?: string; env?: Record<string, string>; verbose?: boolean }

const resolve = async ({ address, yaml, env = {}, verbose = false }: Given) => {
  const { io, err } = fakeIo({ HOME: folder, ...env })
  const config = join(folder, 'spillway.yaml')
  if (yaml !== undefined) await writeFile(config, yaml)
  const settings = await kafkaSettings(parseAddress(address), {
    ...(yaml === undefined ? {} : { config }),
    io,
    present: { format: 'text', color: false, quiet: false, verbose },
  })
  return { settings, err: err(), secrets: [...(io.secrets ?? [])] }
}

const failure = async (given: Given): Promise<UserError> => {
  const error: unknown = await resolve(given).catch((thrown: unknown) => thrown)
  if (error instanceof UserError) return error
  throw new Error(`no UserError but ${String(error)}`)
}

const PROD = `clusters:
  prod:
    brokers: [a:9093, b]
    tls: true
    sasl: { mechanism: SCRAM-SHA-512, username: ops, password: "\${PROD_PASSWORD}" }
    production: true
  staging:
    brokers: ["\${STAGING}"]
`

describe('kafkaSettings', () => {
  it('makes a connection out of a named cluster and fills in the environment', async () => {
    const { settings, secrets } = await resolve({
      address: 'prod/t?group=g',
      yaml: PROD,
      env: { PROD_PASSWORD: 'pw123' },
    })
    expect(settings).toEqual({
      name: 'prod',
      brokers: ['a:9093', 'b:9092'],
      tls: true,
      production: true,
      sasl: { mechanism: 'scram-sha-512', username: 'ops', password: 'pw123' },
    })
    expect(secrets).toEqual(['pw123'])
  })

  it('names an unset variable before anything else, and only where the cluster asks for it', async () => {
    const broken = PROD.replace('tls: true', 'tsl: true')
    const error = await failure({ address: 'prod/t', yaml: broken })
    expect(error.message).toBe('Environment variable PROD_PASSWORD is not set')
    expect(error.details[0]?.at).toBe('clusters.prod.sasl.password (line 5)')
  })

  it('reports every problem of the file with path, line and what was meant', async () => {
    const yaml =
      'clusters:\n  prod:\n    brokers: []\n    tsl: true\n    sasl: {mechanism: magic, user: x}\nclustres: {}\n'
    const { details } = await failure({ address: 'prod/t', yaml })
    expect(details.map(({ at, message }) => `${at}: ${message}`)).toEqual([
      'clustres (line 6): unknown key "clustres". Did you mean clusters?',
      'clusters.prod.brokers (line 3): must name at least one broker',
      'clusters.prod.sasl.mechanism (line 5): must be plain, scram-sha-256, scram-sha-512 or oauthbearer',
      'clusters.prod.sasl.user (line 5): unknown key "user". Did you mean username?',
      'clusters.prod.tsl (line 4): unknown key "tsl". Did you mean tls?',
    ])
  })

  it('suggests the name of a cluster', async () => {
    const error = await failure({ address: 'prd/t', yaml: PROD, env: { PROD_PASSWORD: 'x' } })
    expect(error.hint).toBe('Did you mean prod?')
  })

  it('says where a YAML syntax error is', async () => {
    const error = await failure({ address: 'prod/t', yaml: 'clusters:\n  prod: {password: ${X}}\n' })
    expect(error.details[0]?.at).toBe('line 2')
    expect(error.hint).toContain('in quotes')
  })

  it('says which places it looked at where there is no file', async () => {
    const error = await failure({ address: 'prod/t' })
    expect(error.hint).toContain(join(folder, '.config/spillway/spillway.yaml'))
  })

  it('takes the password of the address first, then of the environment', async () => {
    const env = { SPILLWAY_PASSWORD: 'from-env' }
    const login = async (address: string) => (await resolve({ address, env })).settings.sasl
    expect(await login('kafka://u:here@a/t')).toEqual({ mechanism: 'plain', username: 'u', password: 'here' })
    expect(await login('kafka://u@a/t')).toEqual({ mechanism: 'plain', username: 'u', password: 'from-env' })
    expect(await login('kafka://a/t')).toBeUndefined()
    expect((await failure({ address: 'kafka://u@a/t' })).hint).toContain('SPILLWAY_PASSWORD')
  })

  it('reads TLS files relative to the settings file, and reports each that is not PEM', async () => {
    await writeFile(join(folder, 'ca.pem'), '-----BEGIN CERTIFICATE-----')
    const yaml = (tls: string) => `clusters: {p: {brokers: [a], tls: ${tls}}}`
    const { settings } = await resolve({ address: 'p/t', yaml: yaml('{ca: ca.pem, servername: s}') })
    expect(settings.tls).toEqual({ ca: '-----BEGIN CERTIFICATE-----', servername: 's' })
    const { details } = await failure({ address: 'p/t', yaml: yaml('{ca: nowhere.pem, key: spillway.yaml}') })
    expect(details.map(detail => detail.at)).toEqual(['clusters.p.tls.ca', 'clusters.p.tls.key'])
  })

  it('prints origins when verbose, and never a secret', async () => {
    const { err } = await resolve({ address: 'prod/t', yaml: PROD, env: { PROD_PASSWORD: 'pw123' }, verbose: true })
    expect(err).toContain('setting: username = ops (from ')
    expect(err).toContain('password = ***')
    expect(err).not.toContain('pw123')
  })
})

const RABBIT = `clusters:
  rabbit:
    url: "amqps://ops:\${RABBIT_PW}@mq.example/shop"
    tls: { servername: mq }
    management: https://mq.example:15671
  plain: { url: "amqp://mq" }
  tls: { url: "amqp://mq", tls: true }
  db: { url: "postgres://h/d" }
  kafka: { brokers: [a] }
`

const context = async ({ yaml = RABBIT, env = {} }: Partial<Given> = {}) => {
  const { io } = fakeIo({ HOME: folder, RABBIT_PW: 'rp', ...env })
  const config = join(folder, 'spillway.yaml')
  await writeFile(config, yaml)
  return { io, config }
}

describe('rabbitSettings', () => {
  const rabbit = async (address: string, given: Partial<Given> & { management?: string } = {}) =>
    rabbitSettings(parseAddress(address), { ...(await context(given)), management: given.management })

  it('makes a connection out of a named cluster', async () => {
    expect(await rabbit('rabbit/orders')).toEqual({
      host: 'mq.example',
      port: 5671,
      vhost: 'shop',
      username: 'ops',
      password: 'rp',
      tls: { servername: 'mq' },
      managementUrl: 'https://mq.example:15671',
    })
  })

  it('takes the password of the address first, then of the environment, and guest where nothing is said', async () => {
    const env = { SPILLWAY_PASSWORD: 'from-env' }
    expect(await rabbit('amqp://u:here@[::1]//q', { env })).toMatchObject({ host: '::1', password: 'here' })
    expect(await rabbit('amqp://u@h//q', { env })).toMatchObject({ username: 'u', password: 'from-env' })
    expect(await rabbit('amqp://h//q')).toEqual({
      host: 'h',
      port: 5672,
      vhost: '/',
      username: 'guest',
      password: 'guest',
    })
    await expect(rabbit('amqp://u@h//q')).rejects.toMatchObject({
      code: 'credentials',
      hint: expect.stringContaining('SPILLWAY_PASSWORD'),
    })
  })

  it('remembers secrets to mask them, but not the login of every new server', async () => {
    const { io, config } = await context()
    await rabbitSettings(parseAddress('plain/q'), { io, config })
    expect([...(io.secrets ?? [])]).toEqual([])
    await rabbitSettings(parseAddress('rabbit/q'), { io, config })
    expect([...(io.secrets ?? [])]).toEqual(['rp'])
  })

  it('refuses a key that it would ignore', async () => {
    const yaml = 'clusters:\n  mq: { url: "amqp://h", options: { heartbeat: 5 } }\n'
    await expect(rabbit('mq/q', { yaml })).rejects.toMatchObject({
      details: [{ message: expect.stringContaining('unknown key "options"') }],
    })
  })

  it('lets --management win', async () => {
    expect((await rabbit('rabbit/q', { management: 'http://m:1' })).managementUrl).toBe('http://m:1')
  })

  it.each([
    ['tls/q', 'url begins with amqp://'],
    ['db/q', 'are what `replay` reads'],
    ['kafka/q', 'is not RabbitMQ'],
    ['nowhere/q', 'There is no cluster "nowhere"'],
  ])('refuses %s', async (address, message) => expect(rabbit(address)).rejects.toThrow(message))
})

describe('resolvePlace', () => {
  const kind = async (address: string, source = true) =>
    (await resolvePlace(parseAddress(address), await context(), { source })).address

  it('learns the kind of a named cluster from the file', async () => {
    expect(await kind('rabbit/orders')).toEqual({ kind: 'rabbitmq', cluster: 'rabbit', queue: 'orders' })
    expect(await kind('kafka', false)).toEqual({ kind: 'kafka', cluster: 'kafka', brokers: [] })
    expect(await kind('kafka/t?group=g')).toMatchObject({ kind: 'kafka', group: 'g' })
  })

  it('says what is missing or too much once it knows the kind', async () => {
    await expect(kind('kafka/orders')).rejects.toThrow('names no group')
    await expect(kind('rabbit/orders?group=g')).rejects.toMatchObject({
      message: expect.stringContaining('a queue has no group'),
      hint: 'Write rabbit/orders.',
    })
  })
})

import { expect, it } from 'vitest'
import { configText, pluginsText, rabbitConfig } from '../../../../src/lab/rabbitmq/config.js'
import { nodeEnvironment, toolEnvironment } from '../../../../src/lab/rabbitmq/environment.js'
import { aRabbitState } from './a-rabbit-state.js'

const { ports } = aRabbitState()
const plan = { ports, tlsDir: '/tls', bind: '127.0.0.1' }

it('listens on loopback, bounds its memory, and lets the caller’s lines win', () => {
  const config = { 'vm_memory_high_watermark.absolute': '64MiB', consumer_timeout: '5000' }
  const text = configText(rabbitConfig({ ...plan, options: { name: 'n', config } }))
  expect(text).toContain('listeners.tcp.1 = 127.0.0.1:100\n')
  expect(text).toContain('management.tcp.port = 101\n')
  expect(text).toContain('vm_memory_high_watermark.absolute = 64MiB\n')
  expect(text).toContain('consumer_timeout = 5000\n')
})

it('opens no plain door where TLS is on', () => {
  const config = rabbitConfig({ ...plan, options: { name: 'n', tls: true } })
  expect(config).toMatchObject({ 'listeners.tcp': 'none', 'listeners.ssl.1': '127.0.0.1:100' })
  expect(config['ssl_options.certfile']).toBe('/tls/broker.pem')
})

it('enables management, shovel and consistent hash, and what is asked for', () => {
  expect(pluginsText({ name: 'n', plugins: ['rabbitmq_top'] })).toBe(
    '[rabbitmq_management,rabbitmq_shovel,rabbitmq_consistent_hash_exchange,rabbitmq_top].\n',
  )
})

it('is a node of its own: name, ports, folders, cookie and port mapper; nothing of the machine’s node', () => {
  const from = { PATH: '/bin', RABBITMQ_NODENAME: 'rabbit@prod', ERL_EPMD_PORT: '4369', NOTIFY_SOCKET: '/run/x' }
  const env = nodeEnvironment('/lab', aRabbitState(), from)
  expect(env).toMatchObject({ PATH: '/bin', HOME: '/lab', ERL_EPMD_PORT: '103', RABBITMQ_DIST_PORT: '102' })
  expect(env.RABBITMQ_NODENAME).toBe('spillway-night@localhost')
  expect(env.NOTIFY_SOCKET).toBeUndefined()
  const places = Object.entries(env).filter(([name]) => /^RABBITMQ_.*(FILE|FILES|BASE|DIR)$/.test(name))
  expect(places.filter(([, path]) => !path?.startsWith('/lab/'))).toEqual([])
})

it('puts the Erlang that came with its RabbitMQ first', () => {
  const programs = { bin: '/r/bin', erlang: '/r/erlang' }
  expect(toolEnvironment('/lab', aRabbitState({}, { programs }), { PATH: '/bin' }).PATH).toBe('/r/erlang:/bin')
})

it('becomes the Erlang VM under the same process id, so that it can be killed by it', () => {
  const env = nodeEnvironment('/lab', aRabbitState(), {})
  expect(env).toMatchObject({ RABBITMQ_ALLOW_INPUT: '1', RABBITMQ_SERVER_START_ARGS: '-noinput' })
  expect(toolEnvironment('/lab', aRabbitState(), {})).not.toHaveProperty('RABBITMQ_ALLOW_INPUT')
})

import { PLUGINS, RABBIT_USERS, type RabbitLabOptions, type RabbitPorts } from './options.js'

/** What a node's rabbitmq.conf is made of. */
export type ConfigPlan = {
  readonly options: RabbitLabOptions
  readonly ports: RabbitPorts
  /** Where the server sees its PEM files, and the address to bind. */
  readonly tlsDir: string
  readonly bind: string
}

/** rabbitmq.conf of the node, the caller's own lines last. Pure. https://www.rabbitmq.com/docs/configure */
export function rabbitConfig({ options, ports, tlsDir, bind }: ConfigPlan): Record<string, string> {
  const door = `${bind}:${ports.amqp}`
  return {
    ...(options.tls
      ? { 'listeners.tcp': 'none', 'listeners.ssl.1': door, ...certificates(tlsDir) }
      : { 'listeners.tcp.1': door }),
    'management.tcp.ip': bind,
    'management.tcp.port': String(ports.management),
    loopback_users: 'none',
    default_user: 'guest',
    default_pass: RABBIT_USERS.guest,
    'vm_memory_high_watermark.absolute': `${options.memory ?? 1024}MiB`,
    'log.console.level': 'info',
    ...options.config,
  }
}

const certificates = (folder: string): Record<string, string> => ({
  'ssl_options.cacertfile': `${folder}/ca.pem`,
  'ssl_options.certfile': `${folder}/broker.pem`,
  'ssl_options.keyfile': `${folder}/broker.pem`,
  'ssl_options.verify': 'verify_none',
  'ssl_options.fail_if_no_peer_cert': 'false',
})

/** The text of rabbitmq.conf. */
export const configText = (lines: Readonly<Record<string, string>>): string =>
  Object.entries(lines)
    .map(([key, value]) => `${key} = ${value}\n`)
    .join('')

/** The text of enabled_plugins: one Erlang list. */
export const pluginsText = ({ plugins = [] }: RabbitLabOptions): string => `[${[...PLUGINS, ...plugins].join(',')}].\n`

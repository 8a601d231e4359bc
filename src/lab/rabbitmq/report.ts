import { defined } from '../../core/defined.js'
import { caFileOf, managementUrlOf, versionIfReady } from './access.js'
import { runnerOf } from './running.js'
import { type RabbitState, rabbitFolder } from './state.js'

/** What `lab up` and `lab status` tell of one lab's RabbitMQ. */
export type RabbitReport = {
  readonly source: 'environment' | 'docker' | 'machine'
  /** The server's own word; absent where it never answered. */
  readonly version?: string
  /** Takes `/VHOST/QUEUE`, so `//QUEUE` for the vhost `/`; the user is guest. */
  readonly address: string
  /** Absent where the address came from the environment. */
  readonly management?: string
  /** 0 where Docker runs the broker; absent where it is not ours. */
  readonly pid?: number
  readonly ready: boolean
  /** Where its log is: `broker.log`. */
  readonly folder?: string
  readonly tls?: { readonly ca: string }
  /** The cluster as spillway.yaml takes it. */
  readonly settings: string
}

/** Asks the node of a lab whether it runs and answers. Changes nothing. */
export async function inspectRabbit(home: string, state: RabbitState): Promise<RabbitReport> {
  const { name } = state.options
  const folder = rabbitFolder(home, name)
  const version = (await runnerOf(state).isUp(state)) ? await versionIfReady(state) : undefined
  const ca = caFileOf(folder, state)
  const way = { address: addressOf(state), management: managementUrlOf(state), ...defined({ ca }) }
  return {
    source: state.source,
    ...defined({ version: version ?? state.release }),
    address: way.address,
    management: way.management,
    pid: state.process?.pid ?? 0,
    ready: version !== undefined,
    folder,
    ...(ca === undefined ? {} : { tls: { ca } }),
    settings: rabbitSettings(name, way),
  }
}

/** `amqp[s]://127.0.0.1:PORT`: without a login, clients are guest. */
const addressOf = ({ options, ports }: RabbitState): string => `amqp${options.tls ? 's' : ''}://127.0.0.1:${ports.amqp}`

/** The cluster of spillway.yaml that reaches this RabbitMQ, under its lab's name. */
export function rabbitSettings(name: string, way: { address: string; management?: string; ca?: string }): string {
  const lines = ['clusters:', `  ${name}:`, `    url: '${way.address}'`]
  if (way.management !== undefined) lines.push(`    management: '${way.management}'`)
  if (way.ca !== undefined) lines.push(`    tls: {ca: ${JSON.stringify(way.ca)}}`)
  return `${lines.join('\n')}\n`
}

/** A RabbitMQ as text, for people: state, addresses, and the settings where an address alone is not enough. */
export function describeRabbit(name: string, rabbit: RabbitReport): string {
  const version = rabbit.version === undefined ? '' : ` ${rabbit.version}`
  const state = rabbit.ready ? 'ready' : 'NOT READY'
  const lines = [`${name}: RabbitMQ${version} by ${rabbit.source}, ${state}`]
  lines.push(`  address     ${rabbit.address}//QUEUE`)
  if (rabbit.management) lines.push(`  management  ${rabbit.management} (give it as --management)`)
  if (rabbit.pid) lines.push(`  process     ${rabbit.pid}`)
  if (rabbit.folder) lines.push(`  log         ${rabbit.folder}/broker.log`)
  if (rabbit.management) {
    lines.push('  spillway.yaml:')
    for (const line of rabbit.settings.trimEnd().split('\n')) lines.push(`    ${line}`)
  }
  return `${lines.join('\n')}\n`
}

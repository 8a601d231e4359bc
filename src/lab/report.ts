import { type DatabaseReport, describeDatabase } from './database/report.js'
import type { SaslMechanism } from './kafka/options.js'
import { MYSQL } from './mysql/mysql.js'
import { POSTGRES } from './postgres/postgres.js'
import { describeRabbit, type RabbitReport } from './rabbitmq/report.js'

/** How to reach a lab, as spillway.yaml writes it: the CA as a path. */
export type LabLogin = {
  readonly brokers: readonly string[]
  readonly tls?: { readonly ca: string }
  readonly sasl?: { readonly mechanism: SaslMechanism; readonly username: string; readonly password: string }
}

/** What `lab up` and `lab status` tell of one lab's Kafka. */
export type KafkaReport = {
  readonly source: 'environment' | 'docker' | 'java'
  /** The full release; absent where the address came from the environment. */
  readonly version?: string
  /** Takes `/TOPIC?group=G`. */
  readonly address: string
  readonly brokers: readonly string[]
  /** `pid` is 0 where Docker runs the broker. */
  readonly nodes: readonly {
    readonly id: number
    readonly port: number
    readonly pid: number
    readonly ready: boolean
  }[]
  readonly ready: boolean
  /** Where its log is: `node-ID/broker.log`. */
  readonly folder?: string
  readonly tls?: LabLogin['tls']
  readonly sasl?: LabLogin['sasl']
  /** The cluster as spillway.yaml takes it. */
  readonly settings: string
}

/** A lab that has a Kafka: its name and its brokers. */
export type LabReport = { readonly name: string; readonly kafka: KafkaReport }

/** One lab: its name and its servers, of one kind or several. */
export type LabView = {
  readonly name: string
  readonly kafka?: KafkaReport
  readonly rabbitmq?: RabbitReport
  readonly postgres?: DatabaseReport
  readonly mysql?: DatabaseReport
}

/** The cluster of spillway.yaml that reaches this lab, under its name. */
export function settingsSnippet(name: string, { brokers, tls, sasl }: LabLogin): string {
  const lines = ['clusters:', `  ${name}:`, `    brokers: [${brokers.map(each => `'${each}'`).join(', ')}]`]
  if (tls) lines.push(`    tls: {ca: ${JSON.stringify(tls.ca)}}`)
  if (sasl) {
    lines.push(`    sasl: {mechanism: ${sasl.mechanism}, username: ${sasl.username}, password: ${sasl.password}}`)
  }
  return `${lines.join('\n')}\n`
}

/** A lab as text, for people: state, address, brokers, and the settings where an address alone is not enough. */
export const describeLab = ({ name, kafka, rabbitmq, postgres, mysql }: LabView): string =>
  [
    kafka ? describeKafka(name, kafka) : '',
    rabbitmq ? describeRabbit(name, rabbitmq) : '',
    postgres ? describeDatabase(POSTGRES, name, postgres) : '',
    mysql ? describeDatabase(MYSQL, name, mysql) : '',
  ].join('')

function describeKafka(name: string, kafka: KafkaReport): string {
  const version = kafka.version === undefined ? '' : ` ${kafka.version}`
  const state = kafka.ready ? 'ready' : 'NOT READY'
  const lines = [`${name}: Kafka${version} by ${kafka.source}, ${state}`, `  address  ${kafka.address}`]
  for (const node of kafka.nodes) {
    const answer = node.ready ? 'ready' : 'does not answer'
    const pid = node.pid === 0 ? '' : `, pid ${node.pid}`
    lines.push(`  broker ${node.id}  127.0.0.1:${node.port}${pid}, ${answer}`)
  }
  if (kafka.folder) lines.push(`  logs     ${kafka.folder}/node-*/broker.log`)
  if (kafka.tls) lines.push(`  ca       ${kafka.tls.ca}`)
  if (kafka.tls || kafka.sasl)
    lines.push(
      '  spillway.yaml:',
      ...kafka.settings
        .trimEnd()
        .split('\n')
        .map(line => `    ${line}`),
    )
  return `${lines.join('\n')}\n`
}

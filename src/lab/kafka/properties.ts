import type { KafkaLabOptions } from './options.js'
import { USERS } from './options.js'

/** Ports of one node: for clients, between brokers, and of the controller quorum. */
export type NodePorts = {
  readonly id: number
  readonly client: number
  readonly internal: number
  readonly controller: number
}

/** What one node's server.properties is made of. */
export type NodePlan = {
  readonly options: KafkaLabOptions
  readonly node: NodePorts
  readonly nodes: readonly NodePorts[]
  /** Where the broker sees its log folder and its PEM files. */
  readonly logDir: string
  readonly tlsDir: string
  /** Address to bind, and the name under which nodes see each other. */
  readonly bind: string
  readonly hostOf: (id: number) => string
}

/** server.properties of a node in KRaft combined mode, the caller's own lines last. Pure. */
export function serverProperties(plan: NodePlan): Record<string, string> {
  return {
    ...roles(plan),
    ...listeners(plan),
    ...replication(plan.nodes.length),
    ...sasl(plan.options),
    ...tls(plan),
    ...acl(plan.options),
    'group.initial.rebalance.delay.ms': '0',
    'auto.create.topics.enable': 'false',
    ...plan.options.config,
  }
}

/** The text of a .properties file; backslashes are doubled as java.util.Properties wants it. */
export const propertiesText = (properties: Readonly<Record<string, string>>): string =>
  `${Object.entries(properties)
    .map(([key, value]) => `${key}=${value.replaceAll('\\', '\\\\')}`)
    .join('\n')}\n`

function roles({ node, nodes, logDir, hostOf }: NodePlan): Record<string, string> {
  return {
    'process.roles': 'broker,controller',
    'node.id': String(node.id),
    'controller.quorum.voters': nodes.map(each => `${each.id}@${hostOf(each.id)}:${each.controller}`).join(','),
    'log.dirs': logDir,
  }
}

function listeners({ node, options, bind, hostOf }: NodePlan): Record<string, string> {
  const client = `${options.sasl ? 'SASL_' : ''}${options.tls ? 'SSL' : 'PLAINTEXT'}`
  return {
    listeners: `CLIENT://${bind}:${node.client},INTERNAL://${bind}:${node.internal},CONTROLLER://${bind}:${node.controller}`,
    'advertised.listeners': `CLIENT://127.0.0.1:${node.client},INTERNAL://${hostOf(node.id)}:${node.internal}`,
    'listener.security.protocol.map': `CLIENT:${client},INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT`,
    'inter.broker.listener.name': 'INTERNAL',
    'controller.listener.names': 'CONTROLLER',
  }
}

function replication(nodes: number): Record<string, string> {
  const factor = String(nodes)
  const inSync = String(Math.max(1, nodes - 1))
  return {
    'default.replication.factor': factor,
    'min.insync.replicas': inSync,
    'offsets.topic.replication.factor': factor,
    'transaction.state.log.replication.factor': factor,
    'transaction.state.log.min.isr': inSync,
    'share.coordinator.state.topic.replication.factor': factor,
    'share.coordinator.state.topic.min.isr': inSync,
  }
}

function sasl({ sasl: mechanism }: KafkaLabOptions): Record<string, string> {
  if (mechanism === undefined) return {}
  const prefix = `listener.name.client.${mechanism}.sasl.jaas.config`
  const users = Object.entries(USERS).map(([name, password]) => `user_${name}="${password}"`)
  const plain = `org.apache.kafka.common.security.plain.PlainLoginModule required ${users.join(' ')};`
  const scram = 'org.apache.kafka.common.security.scram.ScramLoginModule required;'
  return { 'sasl.enabled.mechanisms': mechanism.toUpperCase(), [prefix]: mechanism === 'plain' ? plain : scram }
}

function tls({ options, tlsDir }: NodePlan): Record<string, string> {
  if (!options.tls) return {}
  return {
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.location': `${tlsDir}/broker.pem`,
    'ssl.truststore.type': 'PEM',
    'ssl.truststore.location': `${tlsDir}/ca.pem`,
  }
}

// Brokers and the controller talk as ANONYMOUS over their own loopback listeners, so that name must stay a super user.
function acl({ acl: wanted }: KafkaLabOptions): Record<string, string> {
  if (!wanted) return {}
  return {
    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    'super.users': 'User:admin;User:ANONYMOUS',
    'allow.everyone.if.no.acl.found': 'false',
  }
}

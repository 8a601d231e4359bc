import type { KafkaSettings } from '../../brokers/kafka/settings.js'

/** Versions the lab knows, and the patch release of each on Maven Central and Docker Hub that it uses. */
export const KAFKA_RELEASES = { '4.1': '4.1.2', '3.9': '3.9.2' } as const
export type KafkaVersion = keyof typeof KAFKA_RELEASES

export const SASL_MECHANISMS = ['plain', 'scram-sha-256', 'scram-sha-512'] as const
export type SaslMechanism = (typeof SASL_MECHANISMS)[number]

/** The lab's users; brokers listen on 127.0.0.1 only and live for a rehearsal, so the passwords are fixed. */
export const USERS = {
  /** Super user: may do everything. */
  admin: 'admin-secret',
  /** With ACLs switched on it has no rights, until a test grants some. */
  limited: 'limited-secret',
} as const

/** What a Kafka lab should be. Everything but the name has a default. */
export type KafkaLabOptions = {
  /** Two labs with different names run side by side. */
  readonly name: string
  /** The lab folder (jars, data, logs); default: see `labHome`. */
  readonly home?: string
  /** Nodes, each broker and controller at once. Default 1; three give replication 3 and min.insync.replicas 2. */
  readonly brokers?: 1 | 3
  /** Default 4.1. */
  readonly version?: KafkaVersion
  readonly sasl?: SaslMechanism
  readonly tls?: boolean
  /** StandardAuthorizer; needs `sasl`, else everybody is the same anonymous user. */
  readonly acl?: boolean
  /** Largest heap of a broker, as `-Xmx` takes it. Default 512m. */
  readonly heap?: string
  /** Lines of server.properties that win over the lab's own. */
  readonly config?: Readonly<Record<string, string>>
  /** Where brokers come from; `auto` takes Docker when an engine runs, else Java. */
  readonly source?: 'auto' | 'docker' | 'java'
  /** True for `lab up`: brokers outlive this process. Else the next lab removes what a killed process left behind. */
  readonly keep?: boolean
}

/** Options, and what only this process has. */
export type StartOptions = KafkaLabOptions & {
  /** Gives up the start, and removes what was started. */
  readonly stop?: AbortSignal
}

/** One broker. `pid` is 0 where Docker runs it. */
export type KafkaNode = { readonly id: number; readonly port: number; readonly pid: number }

/** A running lab, in the hands of who started it. */
export type KafkaLab = {
  readonly name: string
  readonly source: 'docker' | 'java'
  /** host:port of each broker. */
  readonly brokers: string[]
  /** `kafka://host:port,…`, without a topic. */
  readonly url: string
  /** The full release, such as 4.1.2. */
  readonly version: string
  readonly nodes: KafkaNode[]
  /** How a client connects as the super user. */
  readonly settings: KafkaSettings
  /** The CA that signed the brokers' certificates, where TLS is on; `settings` holds its text. */
  readonly caFile?: string
  /** Folder with Kafka's jars, for its Java tools; empty where Docker runs the brokers. */
  readonly libs: string
  /** The lab's own folder: state, logs, certificates, data. */
  readonly dataDir: string
  /** Ends the brokers and removes their data. */
  stop(): Promise<void>
  /** Sends a signal (default SIGTERM) and waits until the broker has ended; SIGSTOP and SIGCONT do not wait. */
  stopNode(id: number, signal?: NodeJS.Signals): Promise<void>
  /** Starts a stopped broker over its data and waits until it answers. */
  startNode(id: number): Promise<void>
}

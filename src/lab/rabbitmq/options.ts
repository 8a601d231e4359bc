import type { RabbitSettings } from '../../brokers/rabbitmq/settings.js'

/** The image on Docker Hub that the lab runs where a Docker engine is there. */
export const RABBITMQ_IMAGE = 'rabbitmq:4.1-management'

/** The lab's users; the broker listens on 127.0.0.1 only and lives for a rehearsal, so the passwords are fixed. */
export const RABBIT_USERS = {
  /** Administrator; what clients take where an address names nobody. */
  guest: 'guest',
  /** May log in, and has no rights until a test grants some. */
  limited: 'limited-secret',
} as const

/** Plugins of the lab's node: the management API, and what benchmarks compare with. */
export const PLUGINS = ['rabbitmq_management', 'rabbitmq_shovel', 'rabbitmq_consistent_hash_exchange'] as const

/** What a RabbitMQ lab should be. Everything but the name has a default. */
export type RabbitLabOptions = {
  /** Two labs with different names run side by side. */
  readonly name: string
  /** The lab folder (data, logs); default: see `labHome`. */
  readonly home?: string
  /** `4`: the RabbitMQ 4.0 of Debian 13, unpacked beside the machine's; absent: whichever the machine has. Docker's is a 4.1. */
  readonly version?: '4'
  /** Clients of AMQP use TLS, with a CA of the lab; the management API stays plain. */
  readonly tls?: boolean
  /** Memory, in MiB, at which the memory alarm goes off; default 1024. */
  readonly memory?: number
  /** Lines of rabbitmq.conf that win over the lab's own, such as `consumer_timeout` or `disk_free_limit.absolute`. */
  readonly config?: Readonly<Record<string, string>>
  /** Erlang terms of advanced.config, such as `[{rabbit, [{channel_tick_interval, 1000}]}].` */
  readonly advanced?: string
  /** Plugins on top of the lab's own. */
  readonly plugins?: readonly string[]
  /** Ports to use instead of free ones. */
  readonly ports?: Partial<Pick<RabbitPorts, 'amqp' | 'management'>>
  /** Where the broker comes from; `auto` takes Docker when an engine runs, else this machine's own. */
  readonly source?: 'auto' | 'docker' | 'machine'
  /** True for `lab up`: the broker outlives this process. Else the next lab removes what a killed process left behind. */
  readonly keep?: boolean
}

/** Options, and what only this process has. */
export type RabbitStartOptions = RabbitLabOptions & {
  /** Gives up the start, and removes what was started. */
  readonly stop?: AbortSignal
}

/** TCP ports of a node, on 127.0.0.1. */
export type RabbitPorts = {
  readonly amqp: number
  readonly management: number
  /** Between nodes and for rabbitmqctl. */
  readonly distribution: number
  /** Of the lab's own port mapper, so that no other node of the machine is met. */
  readonly epmd: number
}

/** A running lab, in the hands of who started it. */
export type RabbitLab = {
  readonly name: string
  readonly source: 'docker' | 'machine'
  /** `amqp://guest:guest@127.0.0.1:PORT` (amqps with TLS), without vhost and queue. */
  readonly url: string
  readonly amqpPort: number
  /** `http://127.0.0.1:PORT`; log in as guest. */
  readonly managementUrl: string
  /** The server's own word on its version, such as 3.10.8. */
  readonly version: string
  /** Process id of the Erlang VM now; 0 where Docker runs it. */
  readonly pid: number
  /** How a client connects as administrator to vhost `/`. */
  readonly settings: RabbitSettings & { readonly managementUrl: string }
  /** The CA that signed the server's certificate, where TLS is on. */
  readonly caFile?: string
  /** The lab's own folder: state, configuration, `broker.log`, data. */
  readonly dataDir: string
  /** Ends the node and removes its data. */
  stop(): Promise<void>
  /** Sends a signal (default SIGKILL) and waits until the node has ended; SIGSTOP and SIGCONT do not wait. */
  kill(signal?: NodeJS.Signals): Promise<void>
  /** Ends the node in good order where it still runs, starts it over its data with the same ports, waits until it answers. */
  restart(): Promise<void>
  /** Runs `rabbitmqctl` against the node; resolves with what it printed. Throws a UserError when it fails. */
  ctl(...args: string[]): Promise<string>
}

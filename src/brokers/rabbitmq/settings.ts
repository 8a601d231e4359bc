/** TLS material as PEM text, never paths. `rejectUnauthorized: false` accepts any certificate. */
export type RabbitTls = {
  ca?: string
  cert?: string
  key?: string
  servername?: string
  rejectUnauthorized?: boolean
}

/** Where a RabbitMQ server is and how to get in. */
export type RabbitSettings = {
  /** An IPv6 host without brackets. */
  readonly host: string
  readonly port: number
  readonly vhost: string
  readonly username: string
  readonly password: string
  readonly tls?: true | RabbitTls
  /** Where its management API is, without login and trailing slash; absent: the usual port of the same host. */
  readonly managementUrl?: string
  /** Bytes of the largest frame to ask for; absent: what the server proposes. */
  readonly frameMax?: number
  /** The cluster is marked `production: true` in the settings file. */
  readonly production?: boolean
}

/** Host and port, as messages name a server. */
export const addressOf = ({ host, port }: RabbitSettings): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`

/** TLS material as PEM text, never paths. `rejectUnauthorized: false` accepts any certificate. */
export type TlsSettings = {
  ca?: string
  cert?: string
  key?: string
  servername?: string
  rejectUnauthorized?: boolean
}

/** How to authenticate; `token` is for OAUTHBEARER, the other mechanisms need `username` and `password`. */
export type SaslSettings = {
  mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512' | 'oauthbearer'
  username?: string
  password?: string
  token?: string
}

/** Where a cluster is and how to get in; `brokers` are host:port, any living one of them is enough. */
export type KafkaSettings = {
  name?: string
  brokers: readonly string[]
  tls?: true | TlsSettings
  sasl?: SaslSettings
  production?: boolean
  clientId?: string
}

/** The principal as ACLs name it, as far as the settings tell. */
export const principalOf = (settings: KafkaSettings): string =>
  settings.sasl?.username === undefined ? 'your user' : `User:${settings.sasl.username}`

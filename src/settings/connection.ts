import type { KafkaSettings, SaslSettings } from '../brokers/kafka/settings.js'
import type { KafkaAddress, Place } from '../core/address.js'
import { defined } from '../core/defined.js'
import { UserError } from '../errors.js'
import { type Resolved, resolveLayers } from './layers.js'
import type { KafkaCluster } from './schema.js'
import { readTls } from './tls.js'

type Env = Readonly<Record<string, string | undefined>>

/** What a connection is made of, as flat values, so that each remembers its origin. */
export type ConnectionValues = {
  brokers: readonly string[]
  tls: KafkaCluster['tls']
  mechanism: SaslSettings['mechanism']
  username: string
  password: string
  token: string
  production: boolean
}

/** A named cluster of the settings file. */
export type Named = { readonly name: string; readonly path: string; readonly fields: KafkaCluster }

/** Layers, weakest first: environment, settings file, address. A password in an address wins. */
export const connectionLayers = (
  place: Place<KafkaAddress>,
  named: Named | undefined,
  env: Env,
): Resolved<ConnectionValues> => {
  const { address, credentials } = place
  const needsLogin = credentials !== undefined || named?.fields.sasl?.username !== undefined
  return resolveLayers<ConnectionValues>([
    { origin: 'default', values: { mechanism: credentials ? 'plain' : undefined } },
    { origin: 'SPILLWAY_PASSWORD', values: { password: needsLogin ? env.SPILLWAY_PASSWORD || undefined : undefined } },
    { origin: named?.path ?? '', values: named ? flat(named.fields) : {} },
    {
      origin: 'address',
      values: {
        brokers: address.brokers.length > 0 ? address.brokers : undefined,
        username: credentials?.username,
        password: credentials?.password,
      },
    },
  ])
}

const flat = ({ brokers, tls, sasl, production }: KafkaCluster) => ({
  brokers: brokers.map(broker => (/:\d+$/.test(broker) ? broker : `${broker}:9092`)),
  tls,
  production,
  ...sasl,
})

/** The settings that the Kafka adapter takes. Throws a UserError where a login is incomplete or a TLS file unreadable. */
export const connectionOf = async (
  values: Resolved<ConnectionValues>,
  named: Named | undefined,
): Promise<KafkaSettings> => {
  const get = <K extends keyof ConnectionValues>(key: K) => values.get(key)?.value as ConnectionValues[K] | undefined
  const tls = get('tls')
  const from = { settingsPath: named?.path ?? '.', at: `clusters.${named?.name}.tls` }
  return {
    brokers: get('brokers') ?? [],
    ...defined({
      name: named?.name,
      production: get('production'),
      sasl: saslOf(get),
      tls: tls === true ? (true as const) : tls ? await readTls(tls, from) : undefined,
    }),
  }
}

const saslOf = (
  get: <K extends keyof ConnectionValues>(key: K) => ConnectionValues[K] | undefined,
): SaslSettings | undefined => {
  const mechanism = get('mechanism')
  if (mechanism === undefined) return undefined
  const [username, password, token] = [get('username'), get('password'), get('token')]
  if (mechanism === 'oauthbearer' && token === undefined)
    throw new UserError('SASL OAUTHBEARER needs a token', {
      code: 'credentials',
      hint: 'Set sasl.token to "${NAME}" in spillway.yaml.',
    })
  if (mechanism !== 'oauthbearer' && (username === undefined || password === undefined))
    throw new UserError(`SASL ${mechanism} needs a ${username === undefined ? 'username' : 'password'}`, {
      code: 'credentials',
      hint: 'Set SPILLWAY_PASSWORD, or sasl.username and sasl.password: "${NAME}" in spillway.yaml.',
    })
  return { mechanism, ...defined({ username, password, token }) }
}

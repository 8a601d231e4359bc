import type { RequestOptions } from 'node:https'
import { defined } from '../../core/defined.js'
import { UserError } from '../../errors.js'
import { type Asking, httpGet, type Reply } from './management/http-get.js'

/** Where the management API may be, and who asks. The settings of a connection fit. */
export type ManagementSettings = {
  readonly host: string
  readonly username: string
  readonly password: string
  readonly vhost: string
  /** Given: TLS. The same material serves the API where it is https. */
  readonly tls?: true | Pick<RequestOptions, 'ca' | 'cert' | 'key' | 'servername' | 'rejectUnauthorized'>
  /** Where the API is; guessed from the host otherwise. */
  readonly managementUrl?: string
}

/** An answer, or why there is none. `status` is there where the server said no. */
export type Answer =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly status?: number; readonly why: string }

/** The HTTP API of RabbitMQ's management plugin, as far as a survey reads it. It only ever sends GET. */
export type Management = {
  /** Base URL without credentials. */
  readonly url: string
  /**
   * Asks for `/api/PATH`; each part is encoded here (the virtual host `/` is `%2F`). Whatever goes wrong is an answer,
   * not an exception; throws only the signal's reason.
   */
  get(parts: readonly string[], query?: Readonly<Record<string, string | number>>): Promise<Answer>
}

const TIMEOUT_MS = 5000
const PLAIN_PORT = 15_672
const TLS_PORT = 15_671

/** Base URL of the API: as given, else `http://HOST:15672`, and `https://HOST:15671` for a TLS connection. */
export const managementUrl = ({ host, tls, managementUrl: given }: ManagementSettings): string => {
  if (given !== undefined) return given.replace(/\/+$/, '').replace(/\/api$/, '')
  const name = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host
  return tls === undefined ? `http://${name}:${PLAIN_PORT}` : `https://${name}:${TLS_PORT}`
}

/**
 * A client of the management API. Nothing is asked yet: where it is not there, the first answer says so. Throws UserError
 * where the given URL is none.
 */
export const openManagement = (settings: ManagementSettings, signal?: AbortSignal): Management => {
  const base = baseOf(managementUrl(settings))
  const login = Buffer.from(`${settings.username}:${settings.password}`).toString('base64')
  base.username = ''
  base.password = ''
  const url = base.href.replace(/\/+$/, '')
  const asking: Asking = {
    authorization: `Basic ${login}`,
    timeoutMs: TIMEOUT_MS,
    ...defined({ signal, tls: settings.tls === true ? undefined : settings.tls }),
  }
  return {
    url,
    get: async (parts, query = {}) => {
      const path = parts.map(encodeURIComponent).join('/')
      const search = new URLSearchParams(
        Object.entries(query).map(([name, value]): [string, string] => [name, String(value)]),
      )
      const suffix = search.size === 0 ? '' : `?${search}`
      return answerOf(await httpGet(new URL(`${url}/api/${path}${suffix}`), asking), settings)
    },
  }
}

const baseOf = (url: string): URL => {
  if (URL.canParse(url) && /^https?:/i.test(url)) return new URL(url)
  throw new UserError(`"${url}" is not the URL of a management API`, { hint: 'Write http://host:15672.' })
}

const answerOf = (reply: Reply, { username }: ManagementSettings): Answer => {
  if ('failure' in reply) return { ok: false, why: unreachable(reply.failure) }
  const { status, body } = reply
  if (status === 200) return parsed(body)
  const why = SAID_NO[status]?.(username) ?? `it answered ${status}${reasonIn(body)}`
  return { ok: false, status, why }
}

// A user without the management tag gets 401, one without a finer tag too; a virtual host that is closed to it as well.
const SAID_NO: Readonly<Record<number, (user: string) => string>> = {
  401: user => `user ${user} may not: it needs the tag \`monitoring\` (and a right on the virtual host)`,
  403: user => `user ${user} is forbidden to`,
  404: () => 'it is not there',
}

const parsed = (body: string): Answer => {
  try {
    return { ok: true, value: JSON.parse(body) as unknown }
  } catch (cause) {
    return { ok: false, why: `what answers there is no management API (${(cause as Error).message})` }
  }
}

const reasonIn = (body: string): string => {
  const answer = parsed(body)
  const reason = answer.ok ? (answer.value as { reason?: unknown } | null)?.reason : undefined
  return typeof reason === 'string' ? `: ${reason}` : ''
}

const CODES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there (is the plugin rabbitmq_management enabled?)',
  ENOTFOUND: 'its host has no address',
  ECONNRESET: 'the connection was cut (http against https?)',
  EPROTO: 'no TLS is spoken there',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is not trusted',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is not trusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is not trusted',
}

const unreachable = (failure: NodeJS.ErrnoException | Error): string =>
  CODES[('code' in failure ? failure.code : undefined) ?? ''] ?? failure.message

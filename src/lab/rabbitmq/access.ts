import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { defined } from '../../core/defined.js'
import { RABBIT_USERS, type RabbitLab } from './options.js'
import { askConnection } from './probe.js'
import type { RabbitState } from './state.js'

const HOST = '127.0.0.1'

/** `amqp[s]://guest:guest@127.0.0.1:PORT`, without vhost and queue. */
export const urlOf = ({ options, ports }: RabbitState): string =>
  `amqp${options.tls ? 's' : ''}://guest:${RABBIT_USERS.guest}@${HOST}:${ports.amqp}`

export const managementUrlOf = ({ ports }: RabbitState): string => `http://${HOST}:${ports.management}`

/** Where the CA of a lab with TLS is. */
export const caFileOf = (folder: string, { options }: RabbitState): string | undefined =>
  options.tls ? join(folder, 'tls', 'ca.pem') : undefined

/** How a client connects as administrator to vhost `/`. */
export async function settingsOf(folder: string, state: RabbitState): Promise<RabbitLab['settings']> {
  const caFile = caFileOf(folder, state)
  const tls = caFile === undefined ? undefined : { ca: await readFile(caFile, 'utf8') }
  return {
    host: HOST,
    port: state.ports.amqp,
    vhost: '/',
    username: 'guest',
    password: RABBIT_USERS.guest,
    managementUrl: managementUrlOf(state),
    ...defined({ tls }),
  }
}

/**
 * Calls the management API as guest: `path` below `/api/`, a body sent as JSON. Resolves with the answer as JSON, undefined
 * where it is empty; rejects on any status that is not 2xx. https://www.rabbitmq.com/docs/management#http-api
 */
export async function callManagement(
  base: string,
  path: string,
  { method = 'GET', body }: { method?: string; body?: unknown } = {},
): Promise<unknown> {
  const authorization = `Basic ${Buffer.from(`guest:${RABBIT_USERS.guest}`).toString('base64')}`
  const answer = await fetch(`${base}/api/${path}`, {
    method,
    headers: { authorization, 'content-type': 'application/json' },
    signal: AbortSignal.timeout(10_000),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${method} /api/${path} answered ${answer.status}: ${text.slice(0, 200)}`)
  return text === '' ? undefined : JSON.parse(text)
}

/** The server's version, when an AMQP connection opens vhost `/` and the management API answers; undefined while not. */
export async function versionIfReady(state: RabbitState): Promise<string | undefined> {
  const { options, ports } = state
  const login = { vhost: '/', username: 'guest', password: RABBIT_USERS.guest }
  try {
    await askConnection({ host: HOST, port: ports.amqp, tls: options.tls ?? false, ...login })
    const overview = (await callManagement(managementUrlOf(state), 'overview')) as { rabbitmq_version?: string }
    return overview.rabbitmq_version
  } catch {
    // Refused, silent and half-open doors are what this asks about: each means not yet.
    return undefined
  }
}

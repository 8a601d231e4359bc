import type { Socket } from 'node:net'
import loggers from 'kafkajs/src/loggers/index.js'
import Connection from 'kafkajs/src/network/connection.js'
import type { KafkaSettings, SaslSettings, TlsSettings } from '../settings.js'
import { type DialStage, dialError } from './network-errors.js'
import { quietRequestQueues } from './quiet-request-queue.js'
import { type Reads, readingInPlace } from './reads-in-place.js'
import { SocketWire } from './socket-wire.js'
import { type ApiVersions, askVersions } from './versions.js'

/** A broker's address; `node` is -1 while it is known by its address only. */
export type Target = { readonly node: number; readonly host: string; readonly port: number }
/** How long a dial may take, and who may end it sooner. */
export type DialLimits = { readonly timeoutMs: number; readonly signal?: AbortSignal | undefined }
/** An authenticated connection and what the broker announced on it. */
export type Dialled = { readonly wire: SocketWire; readonly versions: ApiVersions }

const SILENT = loggers.createLogger({ level: 0, logCreator: () => () => {} })
const SASL_AUTHENTICATE = 36

/**
 * Connects, reads ApiVersions and authenticates, all within `timeoutMs`. Throws BrokerError `unreachable` (retriable)
 * or UserError `tls-mismatch`, `certificate`, `credentials`, naming the address; the reason of `signal` once that aborts.
 */
export async function dial(target: Target, settings: KafkaSettings, limits: DialLimits): Promise<Dialled> {
  const { timeoutMs, signal } = limits
  signal?.throwIfAborted()
  const reads: Reads = { to: undefined }
  const connection = prepare(target, settings, { timeoutMs, reads })
  const stage = { at: 'connect', tls: settings.tls !== undefined } as { -readonly [K in keyof DialStage]: DialStage[K] }
  const clock = new AbortController()
  const timer = setTimeout(() => clock.abort(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs)
  try {
    return await within(signal ? AbortSignal.any([clock.signal, signal]) : clock.signal, () =>
      shakeHands(connection, target, { settings, stage, reads }),
    )
  } catch (error) {
    connection.requestQueue.rejectAll(new Error('gave up'))
    connection.requestQueue.destroy()
    connection.socket?.destroy()
    signal?.throwIfAborted()
    throw dialError(whereIs(target), error instanceof Error ? error : new Error(String(error)), stage)
  } finally {
    clearTimeout(timer)
  }
}

const whereIs = ({ node, host, port }: Target): string =>
  node < 0 ? `${host}:${port}` : `broker ${node}, advertised as ${host}:${port}`

type Handshake = { settings: KafkaSettings; stage: { at: DialStage['at'] }; reads: Reads }

async function shakeHands(
  connection: Connection,
  target: Target,
  { settings, stage, reads }: Handshake,
): Promise<Dialled> {
  const socket = await opened(connection)
  socket.setNoDelay(true)
  const where = whereIs(target)
  const inPlace = settings.tls === undefined ? reads : undefined
  const wire = new SocketWire(connection, socket, {
    node: target.node,
    where,
    clientId: clientIdOf(settings),
    reads: inPlace,
  })
  stage.at = 'versions'
  const versions = await askVersions(wire)
  stage.at = 'authenticate'
  if (settings.sasl !== undefined) {
    connection.setVersions(
      Object.fromEntries([...versions].map(([api, [min, max]]) => [api, { minVersion: min, maxVersion: max }])),
    )
    connection.setSupportAuthenticationProtocol(versions.has(SASL_AUTHENTICATE))
    await wire.authenticate()
  }
  connection.requestQueue.destroy()
  return { wire, versions }
}

/** kafkajs never settles `connect()` when the other side closes during a TLS handshake; `close` does. */
async function opened(connection: Connection): Promise<Socket> {
  const connecting = connection.connect()
  const { socket } = connection
  if (socket === undefined) throw new Error('no socket')
  await Promise.race([
    connecting,
    new Promise((_, reject) => socket.once('close', () => reject(new Error('closed the connection')))),
  ])
  return socket
}

type Preparing = { readonly timeoutMs: number; readonly reads: Reads }

quietRequestQueues()

function prepare(target: Target, settings: KafkaSettings, { timeoutMs, reads }: Preparing): Connection {
  const connection = new Connection({
    host: target.host,
    port: target.port,
    clientId: clientIdOf(settings),
    logger: SILENT,
    socketFactory: readingInPlace(reads),
    ssl: settings.tls === undefined ? null : tlsOptions(settings.tls),
    sasl: settings.sasl === undefined ? null : saslOptions(settings.sasl),
    connectionTimeout: timeoutMs,
    requestTimeout: timeoutMs,
    maxInFlightRequests: null,
  })
  return connection
}

const clientIdOf = (settings: KafkaSettings): string => settings.clientId ?? 'spillway'

const tlsOptions = (tls: true | TlsSettings): object => (tls === true ? {} : tls)

const saslOptions = ({ mechanism, username, password, token }: SaslSettings): object =>
  mechanism === 'oauthbearer'
    ? { mechanism, oauthBearerProvider: async () => ({ value: token }) }
    : { mechanism, username, password }

function within<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    work().then(resolve, reject)
  })
}

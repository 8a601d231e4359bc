import { hostname } from 'node:os'
import { type Channel, type ChannelModel, type ConfirmChannel, connect as dial } from 'amqplib'
import { BrokerError } from '../../errors.js'
import { connectError, fromAmqp } from './errors.js'
import { addressOf, type RabbitSettings } from './settings.js'
import { type InnerConnection, innerConnection } from './wire/inner-connection.js'

/** A dial says no within this time. Milliseconds. */
const DIAL_MS = 10_000
/** A dead peer is noticed after two of these, on both sides. Seconds. */
export const HEARTBEAT_S = 10
const FRAME_MAX = 131_072
const CLOSE_MS = 2_000

/** One connection, authenticated, in one virtual host. */
export type RabbitLink = AsyncDisposable & {
  readonly settings: RabbitSettings
  /** As the broker lists it: `spillway PURPOSE HOST PID`. */
  readonly name: string
  /** `cluster_name` of the server's properties; tells one cluster from another. */
  readonly clusterName: string
  readonly version: string
  /** Largest frame in bytes, as negotiated. */
  readonly frameMax: number
  readonly inner: InnerConnection
  /** Aborted when the connection is gone; its reason is a BrokerError, retriable. */
  readonly lost: AbortSignal
  /** Calls back with the reason when the connection is lost; at once where it was. */
  onLost(tell: (reason: BrokerError) => void): void
  /** Why the broker takes no publishes on this connection now (a memory or disk alarm); undefined while it does. */
  blocked(): string | undefined
  /** Calls back at each change of `blocked`. */
  onBlocked(tell: () => void): void
  channel(): Promise<Channel>
  confirmChannel(): Promise<ConfirmChannel>
  /** Closes in order, within 2 s; never throws. */
  close(): Promise<void>
}

/**
 * Connects and logs in. `purpose` stands in the connection's name: `RUN consume`. Says no within 10 s with UserError `unreachable`,
 * `credentials`, `no-vhost`, `certificate` or `tls-mismatch`; the message shows no password. `signal` gives up the dial, with its reason,
 * and means nothing to the connection afterwards.
 */
export async function connect(settings: RabbitSettings, purpose: string, signal?: AbortSignal): Promise<RabbitLink> {
  signal?.throwIfAborted()
  const name = `spillway ${purpose} ${hostname()} ${process.pid}`
  const dialling = new AbortController()
  const giveUp = () => dialling.abort()
  signal?.addEventListener('abort', giveUp)
  try {
    const options = {
      noDelay: true,
      timeout: DIAL_MS,
      signal: dialling.signal,
      clientProperties: { product: 'spillway', connection_name: name },
      ...(typeof settings.tls === 'object' ? settings.tls : {}),
    }
    return linkOf(await dial(place(settings), options), settings, name)
  } catch (failure) {
    signal?.throwIfAborted()
    throw connectError(failure, settings)
  } finally {
    signal?.removeEventListener('abort', giveUp)
  }
}

const place = ({ host, port, vhost, username, password, tls, frameMax }: RabbitSettings) => ({
  protocol: tls === undefined ? 'amqp' : 'amqps',
  hostname: host,
  port,
  username,
  password,
  // amqplib takes the name as it stands in a URL.
  vhost: encodeURIComponent(vhost),
  frameMax: frameMax ?? FRAME_MAX,
  heartbeat: HEARTBEAT_S,
})

function linkOf(model: ChannelModel, settings: RabbitSettings, name: string): RabbitLink {
  const inner = innerConnection(model)
  const { lost, blocked, listeners, bereaved } = watch(model, settings)
  const close = () => (lost.aborted ? Promise.resolve() : closed(model))
  return {
    settings,
    name,
    clusterName: String(inner.serverProperties.cluster_name ?? ''),
    version: String(inner.serverProperties.version ?? ''),
    frameMax: inner.frameMax,
    inner,
    lost,
    onLost: tell => (lost.aborted ? tell(lost.reason) : void bereaved.push(tell)),
    blocked,
    onBlocked: tell => void listeners.push(tell),
    channel: () => opened(model.createChannel(), settings),
    confirmChannel: () => opened(model.createConfirmChannel(), settings),
    close,
    [Symbol.asyncDispose]: close,
  }
}

/** Keeps what the connection says of itself; amqplib throws where nobody listens to its errors. */
function watch(model: ChannelModel, settings: RabbitSettings) {
  const gone = new AbortController()
  const listeners: (() => void)[] = []
  let reason: string | undefined
  const change = (now: string | undefined) => {
    reason = now
    for (const tell of listeners) tell()
  }
  const bereaved: ((reason: BrokerError) => void)[] = []
  gone.signal.addEventListener('abort', () => {
    for (const tell of bereaved) tell(gone.signal.reason)
  })
  const lose = (failure: Error | undefined) =>
    gone.abort(
      new BrokerError(`Connection to ${addressOf(settings)} lost: ${failure?.message ?? 'closed'}`, {
        retry: true,
        code: 'connection',
        cause: failure,
      }),
    )
  model.on('error', lose)
  model.on('close', failure => {
    lose(failure)
    // A peer that is gone never answers the end of its socket, and that would keep the process.
    setTimeout(() => innerConnection(model).stream.destroy(), CLOSE_MS).unref()
  })
  model.on('blocked', change)
  model.on('unblocked', () => change(undefined))
  return { lost: gone.signal, blocked: () => reason, listeners, bereaved }
}

/** A channel whose errors reach whoever called last; amqplib throws where nobody listens to them. */
async function opened<T extends Channel>(opening: Promise<T>, settings: RabbitSettings): Promise<T> {
  try {
    const channel = await opening
    channel.on('error', () => undefined)
    return channel
  } catch (failure) {
    throw fromAmqp(failure, { doing: `Opening a channel at ${addressOf(settings)}` })
  }
}

async function closed(model: ChannelModel): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>(resolve => {
    timer = setTimeout(resolve, CLOSE_MS)
  })
  // A connection that dies while it is closed is closed.
  const closing = model.close().catch(() => undefined)
  await Promise.race([closing, late])
  clearTimeout(timer)
  innerConnection(model).stream.destroy()
}

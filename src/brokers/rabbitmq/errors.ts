import { BrokerError, SpillwayError, UserError } from '../../errors.js'
import { addressOf, type RabbitSettings } from './settings.js'

type Coded = Error & { readonly code?: unknown }

const codeOf = (failure: unknown): unknown => (failure instanceof Error ? (failure as Coded).code : undefined)
const textOf = (failure: unknown): string => (failure instanceof Error ? failure.message : String(failure)).trim()

/** The reply code of AMQP 0-9-1 (1.2, constants) that a channel or connection was closed with, or 0. */
export const replyCode = (failure: unknown): number => {
  const code = codeOf(failure)
  return typeof code === 'number' ? code : 0
}

/** The broker's own words, without amqplib's around them. */
export const brokerWords = (failure: unknown): string =>
  /with message "(.*)"$/s.exec(textOf(failure))?.[1] ?? textOf(failure)

const CERTIFICATE = /certificate|self.signed|altname|CERT_|UNABLE_TO_|DEPTH_ZERO|HOSTNAME/i
const PLAIN_LISTENER = /WRONG_VERSION_NUMBER|wrong version number|EPROTO|before secure TLS|packet length too long/i
const TLS_LISTENER = /exceeds maxFrameSize|Invalid frame|Unknown frame type|closed abruptly|ECONNRESET/i

/** One message and hint for a connection that could not be made. Everything that the network did is `unreachable`. */
export function connectError(failure: unknown, settings: RabbitSettings): UserError {
  const text = `${String(codeOf(failure) ?? '')} ${textOf(failure)}`
  const say = (code: string, message: string, hint: string) =>
    new UserError(`${addressOf(settings)}: ${message}`, { code, hint, cause: failure })
  if (/ACCESS_REFUSED|ACCESS-REFUSED/.test(text))
    return say('credentials', `login was refused for user ${settings.username}`, LOGIN_HINT)
  if (/ConnectionOpenOk; got <ConnectionClose/.test(text))
    return say(
      'no-vhost',
      `virtual host "${settings.vhost}" is not there, or closed to user ${settings.username}`,
      VHOST_HINT,
    )
  if (/SASL mechanism/.test(text))
    return say('credentials', 'the listener takes no PLAIN login', 'Enable PLAIN in auth_mechanisms of the broker.')
  if (CERTIFICATE.test(text)) return say('certificate', `the certificate is not trusted (${textOf(failure)})`, CA_HINT)
  if (settings.tls !== undefined && PLAIN_LISTENER.test(text))
    return say('tls-mismatch', 'no TLS answers there', NO_TLS_HINT)
  if (settings.tls === undefined && TLS_LISTENER.test(text))
    return say('tls-mismatch', 'something else than AMQP answers there, perhaps TLS', TLS_HINT)
  return say(
    'unreachable',
    `no RabbitMQ can be reached (${textOf(failure)})`,
    'Check host, port and firewall, and that the broker runs.',
  )
}

const LOGIN_HINT =
  'Check user and password. "guest" may only come from the broker\'s own host (loopback_users), and the user must exist there.'
const VHOST_HINT =
  'Look at `rabbitmqctl list_vhosts` and `rabbitmqctl list_permissions -p VHOST`, and at limits on connections. amqp://host//QUEUE means "/".'
const CA_HINT = 'Set `tls: {ca: …}` (PEM) to the authority that signed it, and `servername` if the names differ.'
const NO_TLS_HINT = 'Write amqp:// instead of amqps://, or use the TLS port (5671).'
const TLS_HINT =
  'Write amqps:// if this is the TLS port; AMQP usually listens on 5672, the management API is another port.'

/** What was being done when a failure came. */
export type Context = {
  /** In words, as "Declaring queue orders.spill.x.00". */
  readonly doing: string
  readonly queue?: string
  /** What `set_permissions` would have to allow: configure, write or read. */
  readonly permission?: 'configure' | 'write' | 'read'
  readonly username?: string
  readonly vhost?: string
}

/**
 * Maps a failure of a channel or connection once to the classes of src/errors.ts: by the reply code, else a lost connection, which may
 * come back. What is mapped already is returned as it is.
 */
export function fromAmqp(failure: unknown, context: Context): SpillwayError {
  if (failure instanceof SpillwayError) return failure
  const code = replyCode(failure)
  const words = brokerWords(failure)
  if (isAway(failure)) return passing(failure, context, 'queue-down')
  if (consumerTimeout(failure) !== undefined) return passing(failure, context, 'consumer-timeout')
  if (code === 404 && context.queue !== undefined)
    return new UserError(`Queue ${context.queue} is not there`, {
      code: 'no-queue',
      hint: NO_QUEUE_HINT,
      cause: failure,
    })
  if (code === 403)
    return new UserError(`${context.doing} is not allowed: ${words}`, {
      code: 'permission',
      hint: grant(context),
      cause: failure,
    })
  // 320 is a forced close (restart, operator), 541 a node in trouble; 4xx and 5xx else say that asking again is of no use.
  if (code === 0 || code === 320 || code === 541) return passing(failure, context, 'connection')
  return new BrokerError(`${context.doing} failed: ${words}`, {
    retry: false,
    code: `amqp-${code}`,
    hint: 'The words after "failed" are the broker\'s own.',
    cause: failure,
  })
}

const passing = (failure: unknown, { doing }: Context, code: string): BrokerError =>
  new BrokerError(`${doing} failed: ${brokerWords(failure)}`, {
    retry: true,
    code,
    hint: 'This may pass by itself; try again.',
    cause: failure,
  })

/** The queue exists, but its node or its process is away: told as 404 as well (priv_absent in rabbit_amqqueue.erl). */
export const isAway = (failure: unknown): boolean =>
  replyCode(failure) === 404 &&
  /is down or inaccessible|has crashed and failed to restart|stopped by supervisor|due to timeout/.test(
    brokerWords(failure),
  )

/**
 * The consumer_timeout, in milliseconds, that the server closed a channel for; what it held is delivered again. Undefined for any other end.
 * rabbitmq.com/docs/consumers#acknowledgement-timeout
 */
export function consumerTimeout(failure: unknown): number | undefined {
  if (replyCode(failure) !== 406) return undefined
  const [, ms] = /delivery acknowledgement on channel .* timed out.*?(\d+) ms/s.exec(brokerWords(failure)) ?? []
  return ms === undefined ? undefined : Number(ms)
}

const NO_QUEUE_HINT = 'Check the name and the virtual host: `rabbitmqctl list_queues -p VHOST name`.'

const grant = ({
  permission = 'configure',
  queue = 'the names concerned',
  username = 'USER',
  vhost,
}: Context): string =>
  `Grant ${permission} on ${queue} to ${username}: \`rabbitmqctl set_permissions -p ${vhost ?? 'VHOST'} ${username} CONFIGURE WRITE READ\`; a drain's plan prints the patterns.`

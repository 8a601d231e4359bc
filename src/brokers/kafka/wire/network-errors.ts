import { BrokerError, UserError } from '../../../errors.js'

/** Codes of the network and of TLS that say nothing about the request itself. */
const PASSING = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EAI_AGAIN',
  'ENOTFOUND',
])

type Coded = Error & { readonly code?: unknown; readonly type?: unknown }

const codeOf = (failure: unknown): string => {
  const code = failure instanceof Error ? (failure as Coded).code : undefined
  return typeof code === 'string' ? code : ''
}

/** An error of a socket, of TLS, or of kafkajs about its connection. */
export const isNetworkFailure = (failure: unknown): failure is Error =>
  failure instanceof Error && (PASSING.has(codeOf(failure)) || /^KafkaJS(Connection|RequestTimeout)/.test(failure.name))

/** A lost or refused connection: retriable, since brokers restart. */
export const networkError = (failure: Error, doing: string): BrokerError =>
  new BrokerError(`${doing} failed: ${failure.message}`, { retry: true, code: 'unreachable', cause: failure })

/** Which of the usual mistakes a failed dial was. */
export type DialFailure = 'unreachable' | 'tls-mismatch' | 'certificate' | 'credentials' | 'not-kafka'

/** A connection that went away while it authenticated proves nothing about the password. */
const LOST = /closed|timed out|timeout|no answer|Connection error|not connected|ECONNRESET|EPIPE/i
const CERTIFICATE = /certificate|self.signed|altname|CERT_|UNABLE_TO_|DEPTH_ZERO|HOSTNAME/i

/** How far a dial had come when it failed, and whether it used TLS. */
export type DialStage = { readonly at: 'connect' | 'versions' | 'authenticate'; readonly tls: boolean }

/**
 * Tells the mistake from the failure: a plain listener drops a TLS greeting (reset or "wrong version number"), a TLS
 * listener answers a plain request with an alert, which reads as a frame of absurd size, or closes.
 */
export function diagnose(failure: Error, stage: DialStage): DialFailure {
  const text = `${codeOf(failure)} ${failure.message}`
  if (stage.at === 'authenticate') return LOST.test(text) ? 'unreachable' : 'credentials'
  if (stage.tls && CERTIFICATE.test(text)) return 'certificate'
  if (stage.tls && /wrong version number|EPROTO|before secure TLS|packet length too long|ECONNRESET/i.test(text))
    return stage.at === 'connect' && !/refused/i.test(text) ? 'tls-mismatch' : 'unreachable'
  if (codeOf(failure) === 'not-kafka') return 'not-kafka'
  if (!stage.tls && stage.at === 'versions' && /tls-alert|closed|ECONNRESET/i.test(text)) return 'tls-mismatch'
  return 'unreachable'
}

const HINT: Readonly<Record<DialFailure, (tls: boolean) => string>> = {
  unreachable: () => 'Check host, port and firewall, and that the broker runs.',
  'tls-mismatch': tls =>
    tls
      ? 'The listener speaks plain text: remove `tls` from the cluster, or use its TLS port.'
      : 'The listener speaks TLS: set `tls: true` for the cluster, or use its plain port.',
  certificate: () => 'Set `tls: {ca: …}` (PEM) to the authority that signed it, and `servername` if the names differ.',
  credentials: () => 'Check `sasl` of the cluster: mechanism, user and password.',
  'not-kafka': () => 'Check the port: something else than Kafka answers there.',
}

const MECHANISM = /mechanism is not supported|not support the requested SASL mechanism/
const OTHER_MECHANISM =
  'Ask for another `sasl: {mechanism: …}` (plain, scram-sha-256, scram-sha-512, oauthbearer), or have it enabled on this listener (sasl.enabled.mechanisms).'

/** The words that follow a failed dial. */
export const dialHint = (kind: DialFailure, tls: boolean): string => HINT[kind](tls)

/** A dial that failed for a reason that trying again will not cure. */
export const dialError = (address: string, failure: Error, stage: DialStage): UserError | BrokerError => {
  const kind = diagnose(failure, stage)
  const options = {
    cause: failure,
    hint: MECHANISM.test(failure.message) ? OTHER_MECHANISM : dialHint(kind, stage.tls),
  }
  const reason = failure.message.replace(/^Connection error: /, '')
  if (kind === 'unreachable')
    return new BrokerError(`${address}: ${reason}`, { ...options, retry: true, code: 'unreachable' })
  return new UserError(`${address}: ${WORDS[kind]} (${reason})`, { ...options, code: kind })
}

const WORDS: Readonly<Record<Exclude<DialFailure, 'unreachable'>, string>> = {
  'tls-mismatch': 'TLS on one side only',
  certificate: 'the certificate is not trusted',
  credentials: 'the broker did not accept the credentials',
  'not-kafka': 'this is not a Kafka broker',
}

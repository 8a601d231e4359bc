import { z } from 'zod'

/** The message of a wrong value; a missing one is said to be missing. */
const says = (message: string) => ({
  error: (issue: { input?: unknown }) => (issue.input === undefined ? 'is missing' : message),
})

const text = z.string(says('must be text')).min(1, says('must not be empty'))
const flag = z.boolean(says('must be true or false'))

// `${NAME}` may still stand where a variable of an unused cluster is unset.
const broker = text.refine(
  value => value.includes('${') || /^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9_.-]+)(:\d{1,5})?$/.test(value),
  says('must be host:port'),
)

const tls = z.union([flag, z.record(z.string(), z.unknown())], says('must be true, or ca, cert, key, servername'))

/** `tls:` written out: file paths or PEM text. */
export const tlsFile = z.strictObject({
  ca: text.optional(),
  cert: text.optional(),
  key: text.optional(),
  servername: text.optional(),
  rejectUnauthorized: flag.optional(),
})

const MECHANISMS = 'must be plain, scram-sha-256, scram-sha-512 or oauthbearer'

const sasl = z.strictObject({
  mechanism: z
    .string(says(MECHANISMS))
    .transform(name => name.toLowerCase().replace(/^scram-(256|512)$/, 'scram-sha-$1'))
    .pipe(z.enum(['plain', 'scram-sha-256', 'scram-sha-512', 'oauthbearer'], says(MECHANISMS))),
  username: text.optional(),
  password: text.optional(),
  token: text.optional(),
})

/** A Kafka cluster as spillway.yaml has it. */
export const kafkaCluster = z.strictObject({
  brokers: z.array(broker, says('must be a list of host:port')).min(1, says('must name at least one broker')),
  tls: tls.optional(),
  sasl: sasl.optional(),
  production: flag.optional(),
})

/** A RabbitMQ or database server. `management` is RabbitMQ's alone: where its management API is, if not on the usual port. */
export const urlCluster = z.strictObject({
  url: text,
  tls: tls.optional(),
  management: text.optional(),
  production: flag.optional(),
})

/** The file as a whole; each cluster is checked by its own kind. */
export const settingsFile = z.strictObject({
  clusters: z
    .record(
      z.string(),
      z.record(z.string(), z.unknown(), says('must be a cluster: brokers or url')),
      says('must be NAME: {brokers: [host:9092]}'),
    )
    .optional(),
})

export type KafkaCluster = z.infer<typeof kafkaCluster>
export type UrlCluster = z.infer<typeof urlCluster>
export type TlsFile = z.infer<typeof tlsFile>

import { type Detail, UserError } from '../errors.js'
import type { DrainRequest } from './requests.js'

/** Kinds of brokers. */
export type Kind = 'kafka' | 'rabbitmq'

type Misfit = { readonly at: string; readonly message: string; readonly hint: string }

/** What of a drain's flags does not go with the kind of its source, once that is known. */
export const misfits = (kind: Kind, request: Partial<DrainRequest>): Misfit[] =>
  kind === 'kafka' ? ofKafka(request) : ofQueues(request)

/** Throws all of them as one UserError; for a named cluster, whose kind the command line does not tell. */
export const assertFits = (kind: Kind, request: DrainRequest): void => {
  const [first, ...more] = misfits(kind, request)
  if (first === undefined) return
  const details: Detail[] = [first, ...more].map(({ at, message, hint }) => ({ at, message: `${message}. ${hint}` }))
  if (more.length === 0) throw new UserError(`${first.at}: ${first.message}`, { hint: first.hint, details })
  throw new UserError(`${details.length} problems with the command line`, { hint: 'Nothing was started.', details })
}

const ofKafka = ({ key, management, queueType, to }: Partial<DrainRequest>): Misfit[] => [
  ...given(key, '--key', {
    message: 'is for RabbitMQ; on Kafka the record key chooses the lane',
    hint: 'Leave it away, or use --order none.',
  }),
  ...given(management, '--management', RABBITMQ_ONLY),
  ...given(queueType, '--queue-type', RABBITMQ_ONLY),
  ...given(to?.address.kind === 'rabbitmq' || undefined, '--to', ANOTHER_SYSTEM),
]

const ofQueues = (request: Partial<DrainRequest>): Misfit[] => {
  const { order, key, to, exactlyOnce, compress, lanesGroup, diskFree } = request
  const kafkaOnly = { message: 'is for Kafka', hint: 'Leave it away.' }
  return [
    ...(order === 'key' ? given(key === undefined || undefined, '--order', KEY_NEEDED) : []),
    ...(order === 'none' ? given(key, '--key', KEY_UNUSED) : []),
    ...given(to, '--to', to?.address.kind === 'kafka' ? ANOTHER_SYSTEM : BESIDE_ONLY),
    ...given(exactlyOnce, '--exactly-once', {
      message: 'is for Kafka: RabbitMQ is at least once, and the report says what may be there twice',
      hint: 'Leave it away.',
    }),
    ...given(compress, '--compress', kafkaOnly),
    ...given(lanesGroup, '--group', kafkaOnly),
    ...given(diskFree?.size || undefined, '--disk-free', kafkaOnly),
  ]
}

const RABBITMQ_ONLY = { message: 'is for RabbitMQ', hint: 'Leave it away.' }
const ANOTHER_SYSTEM = {
  message: 'is another kind of broker than the source',
  hint: 'A drain copies the bytes as they are, so both ends are of one kind.',
}
const BESIDE_ONLY = {
  message: 'is for Kafka so far: the temporary queues are made beside their source',
  hint: 'Leave it away; a shovel takes them on to another server.',
}
const KEY_NEEDED = {
  message: 'key needs to know where the key is',
  hint: 'Add --key routing-key, --key header:NAME or --key property:NAME.',
}
const KEY_UNUSED = { message: 'is of no use with --order none', hint: 'Leave one of them away.' }

const given = (value: unknown, at: string, words: { message: string; hint: string }): Misfit[] =>
  value === undefined ? [] : [{ at, ...words }]

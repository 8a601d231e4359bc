import { storedId } from '../../brokers/rabbitmq/work/stored-id.js'
import { type ParkedRecord, parkedIdentity } from '../../journal/parked.js'
import type { Parked } from '../../ledger/evidence.js'
import { PARKED } from '../rabbitmq/drain/park.js'
import type { HomeRun } from './home-runs.js'

/** Which parked messages are wanted: those with one of the ids, or with the key. */
export type Wanted = { readonly ids: ReadonlySet<string>; readonly keys: readonly Buffer[] }

const MESSAGE_ID = 'amqp.message-id'

/** The parked messages of a run that are wanted, each with the ids that it goes by. Throws RunError `journal-corrupt`. */
export async function* parkedIn({ folder, plan }: HomeRun, wanted: Wanted): AsyncGenerator<Parked> {
  let position = -1
  for await (const record of folder.parked()) {
    position++
    const key = record.key === null ? null : Buffer.from(record.key)
    const ids = idsOf(record)
    const id = ids.find(each => wanted.ids.has(each))
    if (id === undefined && !wanted.keys.some(each => key?.equals(each))) continue
    const { target, lane, mark, at } = record.origin
    const { reason, attempts } = record
    const timestamp = Number(record.timestamp)
    yield {
      ...{ kind: 'parked', run: plan.run, id: id ?? ids[0] ?? '', target, lane, mark, key, timestamp },
      ...{ at, reason, attempts, position },
    }
  }
}

/** A message of Kafka goes by its position, one of RabbitMQ by its message-id, or by the digest of what it is. */
function idsOf(record: ParkedRecord): readonly string[] {
  const header = (name: string): Uint8Array | undefined =>
    record.headers.find(([each]) => each === name)?.[1] ?? undefined
  const content = header(PARKED.header)
  if (content !== undefined)
    return [storedId({ routingKey: buffer(record.key), header: buffer(content), body: buffer(record.value) })]
  const messageId = header(MESSAGE_ID)
  return [
    ...(record.id === undefined ? [] : [record.id]),
    ...(messageId === undefined ? [] : [Buffer.from(messageId).toString()]),
    parkedIdentity(record),
  ]
}

const buffer = (bytes: Uint8Array | null): Buffer => Buffer.from(bytes ?? [])

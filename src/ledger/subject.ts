/** A position in a topic. */
export type Position = { readonly topic: string; readonly lane: string; readonly offset: bigint }

/** The message that is asked for. */
export type Subject = {
  readonly id: string
  /** Where it stands, if its id is one of Kafka. */
  readonly position?: Position
  /** Its key, where it was given or found: it tells the partition that a drain copied it to. */
  readonly key?: Buffer
}

/** Topic names are of letters, digits, `.`, `_` and `-`; no partition or offset begins with a zero but 0 itself. */
const POSITION = /^([A-Za-z0-9._-]{1,249})\/(0|[1-9]\d{0,9})\/(0|[1-9]\d{0,18})$/

/** What an id says: `TOPIC/PARTITION/OFFSET` is a position of Kafka, anything else the id of a message of RabbitMQ. Pure. */
export const subjectOf = (id: string, key?: Buffer): Subject => {
  const [, topic, lane, offset] = POSITION.exec(id) ?? []
  const known = key === undefined ? {} : { key }
  if (topic === undefined || lane === undefined || offset === undefined) return { id, ...known }
  return { id, position: { topic, lane, offset: BigInt(offset) }, ...known }
}

import { setTimeout as sleep } from 'node:timers/promises'
import type { Gate } from '../../core/ports.js'
import { isRecord, type JsonRecord } from '../../core/revive.js'
import type { QueueCounts } from './admin/passive-declare.js'
import { recordOf, recordsOf, textOf } from './management/fields.js'
import type { Management } from './management.js'
import { consumerSeen } from './relay/intake-parts.js'

/** The contract: consumers are looked for every second. */
const EVERY_MS = 1000

export type Watching = {
  /** A look at the queue, over a connection that outlives a loss. */
  readonly look: (queue: string) => Promise<QueueCounts | undefined>
  readonly management: Management
  readonly vhost: string
  readonly queue: string
  readonly gate: Gate
  /** Says who was seen, once for each change. */
  readonly warn: (message: string) => Promise<void>
  /** Consumers of the run itself, at most, at any moment since this was asked before. */
  readonly mostOwn: () => number
}

/**
 * Watches the consumers of a queue while it is copied, until `soft` aborts: one beside the run's own holds it until an operator resumes it. A
 * server that cannot be asked is the copy's business: it holds with its reason.
 */
export async function watchConsumers(watching: Watching, soft: AbortSignal): Promise<void> {
  const { queue, gate, warn } = watching
  let before: readonly string[] = []
  for (let told = ''; !soft.aborted; ) {
    await sleep(EVERY_MS, undefined, { signal: soft }).catch(() => undefined)
    if (soft.aborted) return
    const { tooMany, foreign } = await lookAround(watching)
    // Twice in a row: the API may still list one that has just left.
    const intruders = foreign.filter(each => before.includes(each))
    before = foreign
    if (!tooMany && intruders.length === 0) continue
    gate.hold(consumerSeen(queue), 'operator')
    const message = `consumers of ${queue}: ${foreign.join(', ')}`
    if (foreign.length > 0 && message !== told) await warn(message)
    told = message
  }
}

/**
 * More consumers than may be the run's own, and the foreign ones that the API knows by name: the count alone is blind while the broker may
 * still count some of ours that have ended. A look takes as long as the server is busy, and ours may come and go meanwhile.
 */
async function lookAround({ look, management, vhost, queue, mostOwn }: Watching) {
  mostOwn()
  const seen = await look(queue).catch(() => undefined)
  const consumers = seen?.consumers ?? 0
  if (consumers === 0) return { tooMany: false, foreign: [] }
  const tooMany = consumers > mostOwn()
  return { tooMany, foreign: (await consumersOf(management, vhost, queue)).foreign }
}

/** Who consumes a queue, by the management API: `TAG at HOST` of foreign ones, and how many are of Spillway. */
export type Consumers = { readonly foreign: readonly string[]; readonly own: number }

/** Who consumes a queue; nobody where no management API tells, which may also lag behind by seconds. */
export async function consumersOf(management: Management, vhost: string, queue: string): Promise<Consumers> {
  const answer = await management.get(['queues', vhost, queue])
  return consumersIn(answer.ok && isRecord(answer.value) ? answer.value : {})
}

/** The same, from what the API has answered of the queue. Pure. */
export function consumersIn(queue: JsonRecord): Consumers {
  const channels = recordsOf(queue, 'consumer_details').map(consumer => ({
    consumer,
    channel: recordOf(consumer, 'channel_details'),
  }))
  const [own, foreign] = [channels.filter(isOwn), channels.filter(each => !isOwn(each))]
  return { own: own.length, foreign: foreign.map(inWords) }
}

type Consumer = { readonly consumer: JsonRecord; readonly channel: JsonRecord }

// The relay names its consumers so; connections are listed by their ports, not by the name that a client gives.
const isOwn = ({ consumer }: Consumer): boolean => (textOf(consumer, 'consumer_tag') ?? '').startsWith('spillway-')

const inWords = ({ consumer, channel }: Consumer): string =>
  `${textOf(consumer, 'consumer_tag') ?? '?'} at ${textOf(channel, 'peer_host') ?? '?'}`

import { BrokerError } from '../../../errors.js'
import type { LaneSink, ReplaySink } from '../../../replay/ports.js'
import { deleteGroup } from '../admin/deletions.js'
import type { Link } from '../link.js'
import { transactionalId } from '../relay/transactional-id.js'
import { TargetTopics } from './target-topics.js'
import { type PositionPlace, TransactionLane } from './transaction-lane.js'

/** What the group of a replay's own position begins with, so that the ACL can be granted beforehand. */
export const REPLAY_GROUP = 'spillway.replay.'

export type SinkRequest = {
  readonly link: Link
  readonly run: string
  readonly host: string
  /** Tells this execution of the run from every other. */
  readonly nonce: string
  /** Where messages go that do not name their topic. */
  readonly topic?: string | undefined
  /** A topic that is there, with its partitions: the position is committed for it. */
  readonly anchor: { readonly topic: string; readonly partitions: number }
  /** Partitions of what the messages came from. */
  readonly sourcePartitions?: number | undefined
  /** Where a lane's position is committed instead, as the mark itself: the group that reads a dead-letter topic. */
  readonly settles?: ((lane: string) => PositionPlace) | undefined
}

/** The way into topics of Kafka by transactions that hold the position. */
export function transactionalSink(request: SinkRequest): ReplaySink {
  const { link, run, host, nonce, settles, topic, sourcePartitions } = request
  const topics = new TargetTopics({ link, topic, sourcePartitions })
  const groups = new Set<string>()
  return {
    repeatsAtMost: 0,
    lane(lane: string, index: number): LaneSink {
      const place = settles?.(lane) ?? placeOf(request, index)
      if (settles === undefined) groups.add(place.group)
      const id = transactionalId(`${REPLAY_GROUP}${run}`, lane, index)
      const offsetIsMark = settles !== undefined
      return new TransactionLane({
        link,
        topics,
        run,
        host,
        nonce,
        transactionalId: id,
        place,
        offsetIsMark,
        now: Date.now,
      })
    },
    async finish() {
      for (const group of groups) await forget(link, group)
    },
    [Symbol.asyncDispose]: async () => undefined,
  }
}

/** A partition of the anchor a lane; where the lanes are more, further groups hold the rest. */
function placeOf({ run, anchor }: SinkRequest, index: number): PositionPlace {
  const round = Math.floor(index / anchor.partitions)
  const group = `${REPLAY_GROUP}${run}${round === 0 ? '' : `.${round}`}`
  return { group, topic: anchor.topic, partition: index % anchor.partitions }
}

/** The last markers may still be under way. */
async function forget(link: Link, group: string): Promise<void> {
  for (const until = Date.now() + FORGET_MS; ; ) {
    try {
      return await deleteGroup(link, group)
    } catch (error) {
      const passes = error instanceof BrokerError && error.code === 'NON_EMPTY_GROUP'
      if (!passes || Date.now() > until) throw error
      await new Promise(resolve => setTimeout(resolve, 100))
    }
  }
}
const FORGET_MS = 5_000

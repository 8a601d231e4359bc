import { dataFiles } from '../../../archive/data-files.js'
import { openArchiveReader } from '../../../archive/reader.js'
import { rabbitmqFormat } from '../../../brokers/rabbitmq/archive/format.js'
import { archivedQueue } from '../../../brokers/rabbitmq/replay/archive-lane.js'
import type { FanoutLane } from '../../../core/fanout-plan.js'
import type { ReplayFilter } from '../../../core/replay-plan.js'
import type { ReplaySource } from '../../../replay/ports.js'
import type { Archived, ArchiveKind, ArchiveLook } from '../../replay/ends.js'
import { WantedStretches } from '../../replay/wanted-stretches.js'

/** Archives of queues: one lane, whose marks count the messages that are in it. */
export const rabbitArchive: ArchiveKind = { look, open }

async function look({ plan, state, folder }: Archived): Promise<ArchiveLook> {
  const { topic: queue } = plan
  const messages = await end(folder, queue)
  const { dropped } = state.ledger
  return {
    lanes: messages === 0n ? [] : [{ lane: queue, from: '0', to: String(messages), messages }],
    bytes: state.bytes,
    doubted: messages > dropped ? messages - dropped : 0n,
  }
}

/** How many messages there are: the position behind the last piece. */
async function end(folder: string, queue: string): Promise<bigint> {
  const format = rabbitmqFormat(queue)
  const last = (await dataFiles(folder, format, queue)).at(-1)
  if (last === undefined) return 0n
  await using reader = await openArchiveReader({ folder, format })
  let reached = last.first
  for await (const { bytes } of reader.pieces(queue, String(last.first))) reached = BigInt(format.next(bytes))
  return reached
}

async function open(
  { plan, folder }: Archived,
  lanes: readonly FanoutLane[],
  filter: ReplayFilter | undefined,
): Promise<ReplaySource> {
  const { topic: queue } = plan
  const reader = await openArchiveReader({ folder, format: rabbitmqFormat(queue) })
  const wanted = new WantedStretches({ folder, system: 'rabbitmq', lanes, filter })
  return {
    lanes: lanes.map(({ from, to }) =>
      archivedQueue({ reader, queue, from, to, stretches: span => wanted.of(queue, span) }),
    ),
    [Symbol.asyncDispose]: () => reader[Symbol.asyncDispose](),
  }
}

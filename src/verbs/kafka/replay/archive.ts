import { openArchiveReader } from '../../../archive/reader.js'
import { kafkaFormat } from '../../../brokers/kafka/archive/format.js'
import { archivedPartition } from '../../../brokers/kafka/replay/archive-lane.js'
import type { FanoutLane } from '../../../core/fanout-plan.js'
import type { ReplayFilter } from '../../../core/replay-plan.js'
import type { ReplaySource } from '../../../replay/ports.js'
import type { Archived, ArchiveKind, ArchiveLook } from '../../replay/ends.js'
import { IndexMarks } from '../../replay/index-marks.js'
import { WantedStretches } from '../../replay/wanted-stretches.js'

/** Archives of topics: a lane a partition, from where the discard began to where it has let go. */
export const kafkaArchive: ArchiveKind = { look, open }

async function look({ plan, state }: Archived): Promise<ArchiveLook> {
  const begun = [...state.lanes.values()].filter(({ dropped }) => dropped > 0n)
  return {
    lanes: begun.map(({ lane, from, mark, dropped }) => ({ lane, from, to: mark, messages: dropped })),
    bytes: begun.reduce((sum, { bytes }) => sum + bytes, 0n),
    doubted: 0n,
    partitions: plan.lanes.length,
  }
}

type Span = { readonly from: number; readonly to: number }

async function open(
  { plan, folder }: Archived,
  lanes: readonly FanoutLane[],
  filter: ReplayFilter | undefined,
): Promise<ReplaySource> {
  const { topic } = plan
  const reader = await openArchiveReader({ folder, format: kafkaFormat(topic) })
  const index = new IndexMarks(folder)
  const wanted = new WantedStretches({ folder, system: 'kafka', lanes, filter })
  const asked = {
    committed: (lane: string, span: Span) => index.marks(lane, span),
    stretches: (lane: string, span: Span) => wanted.of(lane, span),
  }
  return {
    lanes: lanes.map(({ lane, from, to, messages }) =>
      archivedPartition({ reader, topic, lane, from, to, messages, ...asked }),
    ),
    async [Symbol.asyncDispose]() {
      await index[Symbol.asyncDispose]()
      await reader[Symbol.asyncDispose]()
    },
  }
}

import type { Gate } from '../../../core/ports.js'
import { listOffsets } from '../admin/list-offsets.js'
import { type Committed, committedOffsets } from '../admin/offsets.js'
import type { Link } from '../link.js'
import type { Leaders } from '../relay/leaders.js'
import type { Committer } from './committer.js'
import type { Ends } from './ends.js'
import { type CommitStep, HeldLane, type Start } from './held-lane.js'
import type { LaneTotals } from './lane-totals.js'
import { formatWorkNote, parseWorkNote } from './work-note.js'

/** What the lanes of one round have in common. */
export type Round = {
  readonly link: Link
  readonly topic: string
  readonly group: string
  readonly run: string
  readonly host: string
  readonly gate: Gate
  readonly maxAhead: number
  readonly leaders: Leaders
  readonly ends: Ends
  readonly committer: Committer
  readonly totals: LaneTotals
  /** Bytes of one fetch. */
  readonly fetchBytes: number
  readonly partitions: readonly number[]
  readonly patiently: <T>(work: () => Promise<T>) => Promise<T>
}

/** The lanes of a round, each read from where the group stands; that is asked once for all of them. */
export function memberLanes(round: Round): readonly HeldLane[] {
  let asked: Promise<ReadonlyMap<number, Start>> | undefined
  const starts = () => {
    asked ??= round.patiently(() => readStarts(round))
    return asked
  }
  return round.partitions.map(partition => memberLane(round, partition, starts))
}

function memberLane(round: Round, partition: number, starts: () => Promise<ReadonlyMap<number, Start>>): HeldLane {
  const { link, leaders, gate, ends, fetchBytes: bytes, committer } = round
  const end = () => ends.of(partition)
  const more = async (signal: AbortSignal) => {
    const before = end()
    if (!ends.final) await ends.change(signal)
    return end() > before || !ends.final
  }
  const commit = async (offset: number, { closed, counts }: CommitStep) => {
    const totals = round.totals.after(partition, counts)
    const metadata = formatWorkNote({ run: round.run, host: round.host, closed, ahead: round.maxAhead, totals })
    await committer.commit({ partition, offset, metadata })
    round.totals.set(partition, totals)
  }
  const open = async () => {
    const start = (await starts()).get(partition) ?? { offset: 0 }
    // From here on a crash leaves a lane that is not closed, even before anything is settled.
    await commit(start.offset, { closed: false })
    return start
  }
  return new HeldLane({ reading: { link, leaders, gate, partition, bytes, end, more }, open, commit })
}

async function readStarts(round: Round): Promise<ReadonlyMap<number, Start>> {
  const { link, group, topic, partitions } = round
  const found = (await committedOffsets(link, group, { topic, partitions, stable: true })).get(topic)
  const fresh = partitions.filter(partition => !found?.has(partition))
  const earliest = fresh.length === 0 ? new Map() : await listOffsets(link, topic, fresh, 'earliest')
  return new Map(
    partitions.map(partition => {
      const committed = found?.get(partition)
      if (committed === undefined) return [partition, { offset: earliest.get(partition)?.offset ?? 0 }] as const
      return [partition, startAt(round, partition, committed)] as const
    }),
  )
}

/** A lane that its last worker did not close may have been handled on behind the commit. */
function startAt({ run, ends, totals }: Round, partition: number, { offset, metadata }: Committed): Start {
  const note = parseWorkNote(metadata)
  if (note === undefined) return { offset }
  const recovered = note.run === run ? totals.recover(partition, { offset, noted: note.totals }) : undefined
  const start = { offset, ...(recovered === undefined ? {} : { recovered }) }
  if (note.closed) return start
  const doubtedTo = Math.min(ends.of(partition), offset + note.ahead)
  const why = `run ${note.run} on ${note.host} ended without closing it: up to ${note.ahead} messages behind its last commit may have been handled`
  return { ...start, doubtedTo, why }
}

import type { Message } from '../../core/message.js'
import { bytesAt, idText } from '../../core/seen-bytes.js'
import type { SeenId } from '../../core/seen-id.js'
import type { Io } from '../../io.js'
import type { IdBatch, IdStream, TimeRange } from '../../reconcile/ports.js'
import { archiveSubject } from '../replay/archive-subject.js'
import type { ReplaySubject } from '../replay/ends.js'
import { parkedSubject } from '../replay/parked-subject.js'

/** The messages that a run has kept, as ids; `close` ends the reading. Throws UserError `no-such-run`, `no-archive`. */
export async function openKeptIds(
  { kind, run }: { readonly kind: 'archive' | 'parked'; readonly run: string },
  where: SeenId,
  io: Io,
): Promise<{ readonly source: IdStream; close(): Promise<void> }> {
  const subject = kind === 'archive' ? await archiveSubject(run, io) : await parkedSubject(run, io)
  const source: IdStream = {
    kind: 'stream',
    name: `${kind}:${run}`,
    ...(where.at === 'json' ? { pointer: where.pointer } : {}),
    batches: (range, signal) => read(subject, where, { range, signal }),
  }
  return { source, close: async () => undefined }
}

type Asked = { readonly range: TimeRange; readonly signal: AbortSignal }

async function* read(subject: ReplaySubject, where: SeenId, { range, signal }: Asked): AsyncGenerator<IdBatch> {
  await using source = await subject.open({ lanes: subject.look.lanes })
  for (const lane of source.lanes)
    for await (const { items } of lane.read(lane.from, signal)) {
      signal.throwIfAborted()
      yield batchOf(
        items.map(({ message }) => message).filter(({ timestamp }) => isIn(timestamp, range)),
        where,
      )
    }
}

const isIn = (at: number, { from, to }: TimeRange): boolean =>
  (from === undefined || (at >= 0 && at >= from)) && (to === undefined || (at >= 0 && at < to))

const batchOf = (messages: readonly Message[], where: SeenId): IdBatch => ({
  ids: messages.map(message => idText(bytesAt(message, where))),
  times: messages.map(({ timestamp }) => (timestamp < 0 ? null : timestamp)),
})

import { idText } from '../../core/seen-bytes.js'
import { Bug } from '../../errors.js'
import type { Wanted } from '../../reconcile/wanted.js'
import type { ReplayChunk, ReplayLane } from '../../replay/ports.js'
import type { ReplaySubject } from './ends.js'
import type { MissingRows } from './missing-once.js'

/** Of the messages that a run has kept only those whose keys are missing; the others count as skipped. */
export function missingOf(subject: ReplaySubject, missing: MissingRows | undefined): ReplaySubject {
  if (missing === undefined) return subject
  const { look } = subject
  const { from } = look
  if (from.kind === 'dead-letters') throw new Bug('Dead letters were to be chosen from')
  const messages = look.lanes.reduce((sum, lane) => sum + lane.messages, 0n)
  return {
    ...subject,
    look: {
      ...look,
      from: { ...from, missing: missing.planned },
      ...missing.bounds(messages),
      warnings: [...look.warnings, ...missing.warnings],
    },
    refusals: [...subject.refusals, ...missing.refusals],
    async open(plan, running) {
      const list = await missing.open(running?.folder.path)
      const source = await subject.open(plan, running)
      return {
        ...source,
        lanes: source.lanes.map(lane => of(lane, list)),
        async [Symbol.asyncDispose]() {
          await list[Symbol.asyncDispose]()
          await source[Symbol.asyncDispose]()
        },
      }
    },
  }
}

const of = (lane: ReplayLane, list: Wanted): ReplayLane => ({
  lane: lane.lane,
  from: lane.from,
  to: lane.to,
  ...(lane.messages === undefined ? {} : { messages: lane.messages }),
  read: (from, soft) => sifted(lane.read(from, soft), list),
})

/** What has no key is on no list. */
async function* sifted(chunks: AsyncIterable<ReplayChunk>, list: Wanted): AsyncGenerator<ReplayChunk> {
  for await (const chunk of chunks) {
    const { items, skipped } = chunk
    const keys = items.map(({ message }) => idText(message.key))
    const isWanted = await list.has(keys.map(key => key ?? ''))
    const kept = items.filter((_, at) => keys[at] !== null && isWanted[at] === true)
    yield { ...chunk, items: kept, skipped: skipped + items.length - kept.length }
  }
}

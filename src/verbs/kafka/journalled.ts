import type { Totals } from '../../brokers/kafka/relay/claim.js'
import type { RunSoFar } from '../../core/fold.js'

/** How the journal notes a producer id of counting before its first write. */
export const PRODUCER_NOTE = 'producer '

/** What the journal knows of each lane: the mark it settled, and its totals. */
export function journalledLanes(state: RunSoFar): {
  readonly lanes: ReadonlyMap<string, { readonly mark: string; readonly totals: Totals }>
  readonly read: bigint
} {
  const lanes = new Map(
    [...state.lanes].map(([name, lane]) => {
      const { read, written, parked, dropped, holes, markers, aborted, bytes } = lane
      return [
        name,
        { mark: lane.mark, totals: { read, written, parked, dropped, holes, markers, aborted, bytes } },
      ] as const
    }),
  )
  return { lanes, read: state.ledger.read }
}

/** Producer ids that this run has written with, by its journal. */
export function journalledProducers(state: RunSoFar): Set<bigint> {
  const notes = state.steered.filter(({ what }) => what.startsWith(PRODUCER_NOTE))
  return new Set(notes.map(({ what }) => BigInt(what.slice(PRODUCER_NOTE.length))))
}

import { duplicatesAtMost, type LaneSoFar, type RunSoFar } from '../core/fold.js'
import { imbalance } from '../core/ledger.js'
import { formatCount } from '../core/quantity.js'
import { byLane } from '../core/to-envelope.js'
import { item, table } from './layout.js'

/**
 * The balance sheet of a run as text, without colour, at most 80 columns wide for lanes up to a billion messages: what was read and what became
 * of it (`written` says by what that counts), then what was no data (a queue has no offsets, so nothing of that), then lane by lane.
 */
export function balanceSheet(state: RunSoFar, { offsets = true, written = 'acknowledged by the broker' } = {}): string {
  const noMessages = offsets ? notData(state) : []
  return [...sums(state, written), '', ...noMessages, ...doubts(state), '', ...lanes(state)].join('\n')
}

function sums({ ledger }: RunSoFar, written: string): string[] {
  const over = imbalance(ledger)
  const verdict =
    over === 0n ? 'BALANCED: read = written + parked + dropped' : `NOT BALANCED: ${formatCount(over)} unaccounted for`
  return [
    ...table([
      ['read from the source', formatCount(ledger.read)],
      [`= written (${written})`, formatCount(ledger.written)],
      ['+ parked (set aside, with reasons)', formatCount(ledger.parked)],
      ['+ dropped (let go on purpose)', formatCount(ledger.dropped)],
    ]),
    verdict,
  ]
}

const notData = ({ notData }: RunSoFar): string[] => [
  'Offsets that were no messages, in none of the sums above:',
  ...table([
    ['  holes (compacted or never there)', formatCount(notData.holes)],
    ['  markers of transactions', formatCount(notData.markers)],
    ['  records of aborted transactions', formatCount(notData.aborted)],
  ]),
]

function doubts(state: RunSoFar): string[] {
  const twice = duplicatesAtMost(state)
  return [
    `There twice at most: ${formatCount(twice)}`,
    ...state.doubted.flatMap(range =>
      item('  ! ', `lane ${range.lane}, ${range.from} up to ${range.to}: ${range.why}`),
    ),
    ...state.lost.flatMap(range =>
      item('  ! ', `LOST: lane ${range.lane}, ${range.from} up to ${range.to}: ${range.why}`),
    ),
  ]
}

function lanes(state: RunSoFar): string[] {
  const rows = [...state.lanes.values()].sort((a, b) => byLane(a.lane, b.lane)).map(row)
  return table([['lane', 'read', 'written', 'other', 'from', 'reached', 'end', ''], ...rows])
}

const row = (lane: LaneSoFar): string[] => [
  lane.lane,
  formatCount(lane.read),
  formatCount(lane.written),
  formatCount(lane.parked + lane.dropped),
  lane.from,
  lane.mark,
  lane.to,
  lane.finished ? 'done' : 'open',
]

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

function sums({ ledger, skipped }: RunSoFar, written: string): string[] {
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
    ...(skipped === undefined ? [] : [`Skipped (left out, not read): ${formatCount(skipped)}`]),
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
    ...joined(state.doubted).flatMap(text => item('  ! ', text)),
    ...state.lost.flatMap(range =>
      item('  ! ', `LOST: lane ${range.lane}, ${range.from} up to ${range.to}: ${range.why}`),
    ),
  ]
}

/** What was doubted of a lane for one reason is one line, however often that was; none where all of it was taken back. */
function joined(doubted: RunSoFar['doubted']): string[] {
  const reasons = new Map<string, RunSoFar['doubted']>()
  for (const range of doubted) {
    const reason = `${range.lane} ${range.why}`
    reasons.set(reason, [...(reasons.get(reason) ?? []), range])
  }
  const standing = [...reasons.values()].filter(
    ranges => ranges.length === 1 || ranges.reduce((sum, each) => sum + each.messages, 0n) > 0n,
  )
  return standing.map(ranges => {
    const [first, last] = [ranges[0], ranges.at(-1)]
    const times = ranges.length === 1 ? '' : ` (${formatCount(ranges.length)} times)`
    return `lane ${first?.lane}, ${first?.from} up to ${last?.to}: ${first?.why}${times}`
  })
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

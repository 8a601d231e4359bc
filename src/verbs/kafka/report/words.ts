import type { Verified } from '../../../brokers/kafka/verify/verify-copy.js'
import { formatCount } from '../../../core/quantity.js'
import { item, table } from '../../../report/layout.js'

/** The comparison as text: the verdict, then a line a source partition. */
export function verifiedText({ matches, lanes }: Verified): string {
  const sum = (of: 'expected' | 'found') => formatCount(lanes.reduce((total, lane) => total + lane[of], 0n))
  const verdict = matches
    ? `VERIFIED: ${sum('found')} records read back, as many and the same as were copied`
    : `NOT VERIFIED: ${sum('found')} records read back, ${sum('expected')} expected`
  const rows = lanes.map(lane => [
    lane.lane,
    formatCount(lane.expected),
    formatCount(lane.found),
    lane.foundSum,
    lane.compared,
    lane.matches ? 'same' : 'DIFFERS',
  ])
  return [
    verdict,
    ...table([['lane', 'expected', 'found', 'hash sum', 'compared', ''], ...rows], [0, 3, 4, 5]),
    ...lanes.flatMap(lane => lane.notes.flatMap(note => item('  ! ', `lane ${lane.lane}: ${note}`))),
  ].join('\n')
}

/** The comparison as `verified` of the JSON document. */
export const verifiedDocument = ({ matches, lanes }: Verified) => ({
  matches,
  expected: lanes.reduce((total, lane) => total + lane.expected, 0n),
  found: lanes.reduce((total, lane) => total + lane.found, 0n),
  misplacedKeys: lanes.reduce((total, lane) => total + lane.misplacedKeys, 0),
  lanes,
})

import type { KafkaPlan } from '../../../core/plan.js'
import type { Sum } from './record-hash.js'

/** What was found in the block of one source partition. */
export type SummedTarget = Sum & {
  /** Records whose key belongs to another lane of the block. */
  readonly misplaced: number
  /** Target partitions whose head is gone. */
  readonly trimmed: readonly number[]
}

/** The comparison for one source partition. Sums are 16 hex digits. */
export type LaneVerdict = {
  readonly lane: string
  /** `records`: counts and hash sums; `counts`: with the ledger alone, because the source does not hold the range any more. */
  readonly compared: 'records' | 'counts'
  readonly expected: bigint
  readonly found: bigint
  readonly expectedSum?: string
  readonly foundSum: string
  readonly misplacedKeys: number
  readonly matches: boolean
  /** What differs, or why only counts were compared. */
  readonly notes: readonly string[]
}

type Claimed = { readonly lane: string; readonly written: bigint; readonly parked: Sum }

/** Compares what the source gave, less what was parked, with what lies in the block. `read` is absent where it is gone. */
export function judgeLane(
  plan: Pick<KafkaPlan, 'sourceSettings'>,
  { lane, written, parked }: Claimed,
  { read, found }: { read: Sum | undefined; found: SummedTarget },
): LaneVerdict {
  const wanted = read === undefined ? undefined : less(read, parked)
  const compacted = (plan.sourceSettings['cleanup.policy'] ?? '').includes('compact')
  const byRecords = wanted !== undefined && !(compacted && !same(wanted, found) && wanted.records <= found.records)
  const expected = byRecords ? BigInt(wanted.records) : written
  const differs = [
    ...(expected === BigInt(found.records) ? [] : [count(BigInt(found.records) - expected)]),
    ...(byRecords && wanted.records === found.records && wanted.sum !== found.sum
      ? ['as many, but not the same ones']
      : []),
    ...(byRecords && expected !== written ? [`the ledger has ${written} written`] : []),
    ...(found.misplaced > 0 ? [`${found.misplaced} records lie in another lane than their key’s`] : []),
    ...(found.trimmed.length > 0 ? [`the head is gone in target partitions ${found.trimmed.join(', ')}`] : []),
  ]
  const why = read === undefined ? SOURCE_GONE : 'the source is compacted: only counts are compared'
  return {
    lane,
    compared: byRecords ? 'records' : 'counts',
    expected,
    found: BigInt(found.records),
    ...(byRecords ? { expectedSum: hex(wanted.sum) } : {}),
    foundSum: hex(found.sum),
    misplacedKeys: found.misplaced,
    matches: differs.length === 0,
    notes: byRecords ? differs : [...differs, why],
  }
}

const SOURCE_GONE = 'the source does not hold the range any more: only counts are compared, with the ledger'

const less = (a: Sum, b: Sum): Sum => ({ records: a.records - b.records, sum: BigInt.asUintN(64, a.sum - b.sum) })
const same = (a: Sum, b: Sum): boolean => a.records === b.records && a.sum === b.sum
const hex = (sum: bigint): string => sum.toString(16).padStart(16, '0')
const count = (over: bigint): string => (over > 0n ? `${over} too many` : `${-over} missing`)

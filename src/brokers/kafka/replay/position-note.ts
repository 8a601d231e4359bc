import { NO_COUNTS } from '../../../core/counts.js'
import type { ReplayPosition } from '../../../replay/ports.js'
import { formatTotals, parseTotals } from '../relay/claim.js'

/** What stands beside the offset that a replay commits in each of its transactions. */
export type PositionNote = ReplayPosition & {
  readonly run: string
  readonly host: string
  /** Tells one execution from the next. */
  readonly nonce: string
}

const WORD = 'spillway-replay'

/** The metadata text of a commit. Brokers take 4096 bytes (`offset.metadata.max.bytes`). */
export function formatPosition({ run, host, nonce, mark, totals }: PositionNote): string {
  const sums = `t=${formatTotals(totals)} s=${totals.skipped}`
  return `${WORD} ${run} ${host} n=${nonce} ${sums} m=${encodeURIComponent(mark)}`
}

/** Reads a commit's metadata; undefined where it is not the position of a replay. */
export function parsePosition(metadata: string | undefined): PositionNote | undefined {
  const [word, run, host, ...rest] = (metadata ?? '').split(' ')
  if (word !== WORD || !run || !host) return undefined
  const field = (name: string) => rest.find(part => part.startsWith(`${name}=`))?.slice(name.length + 1)
  const [totals, mark] = [field('t'), field('m')]
  if (totals === undefined || mark === undefined) return undefined
  return {
    run,
    host,
    nonce: field('n') ?? '',
    mark: decodeURIComponent(mark),
    totals: { ...NO_COUNTS, ...parseTotals(totals), skipped: BigInt(field('s') ?? '0') },
  }
}

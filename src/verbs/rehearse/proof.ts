import { formatCount } from '../../core/quantity.js'
import { RunError } from '../../errors.js'
import { runSql } from '../../lab/postgres/client.js'
import type { Done } from './stage.js'

const ONCE = 'SELECT count(*) AS rows, count(DISTINCT number) AS numbers, min(number), max(number) FROM orders'
const AGAIN = 'SELECT coalesce(sum(messages), 0) AS repeats FROM repeats'
const ORDER = `SELECT count(*) AS behind FROM (
  SELECT number < lag(number) OVER (PARTITION BY customer ORDER BY inserted) AS late FROM orders
) AS o WHERE late`

/** What the database says of the handler's work, against what was filled. */
export type Proof = {
  readonly rows: number
  readonly missing: number
  /** Messages that came to the handler again, and made no second row. */
  readonly repeats: number
  readonly outOfOrder: number
}

/** The queries as a step shows them. */
export const PROOF_COMMAND = [ONCE, AGAIN, ORDER].map(query => `psql -c "${query}"`).join('\n  ')

/** Asks the database whether each of `records` orders, numbered from 0, is there once, and each customer's in order. Throws RunError where not. */
export async function proveBySql(url: string, records: number): Promise<Done<Proof>> {
  const [once, again, order] = [await one(url, ONCE), await one(url, AGAIN), await one(url, ORDER)]
  const { rows = 0, numbers = 0, max = 0 } = once
  const proof = { rows, missing: records - numbers, repeats: again.repeats ?? 0, outOfOrder: order.behind ?? 0 }
  if (rows !== records || numbers !== records || max !== records - 1 || proof.outOfOrder !== 0)
    throw mismatch(proof, `numbers from ${once.min} to ${max}`)
  const text = `${formatCount(rows)} rows, ${formatCount(numbers)} different numbers, from ${once.min} to ${max}: each order is there once
${proof.outOfOrder} rows behind a later one of their customer: every key in order
${formatCount(proof.repeats)} messages came to the handler again, and made no second row
`
  return { text, result: proof }
}

/** The first row as numbers; drivers give a bigint as text. */
async function one(url: string, query: string): Promise<Readonly<Record<string, number>>> {
  const [row = {}] = await runSql(url, query)
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, Number(value)]))
}

const mismatch = ({ rows, missing, outOfOrder }: Proof, range: string): RunError =>
  new RunError(
    `The database does not have what was filled: ${rows} rows, ${range}, ${missing} missing, ${outOfOrder} out of order`,
    {
      code: 'rehearsal-mismatch',
      hint: 'Do not trust this version with a real queue. Run it again with --keep and report what you find.',
    },
  )

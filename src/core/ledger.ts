/** What became of the messages of a run, counted in data records (promise P6). */
export type Ledger = {
  readonly read: bigint
  readonly written: bigint
  readonly parked: bigint
  readonly dropped: bigint
}

export const EMPTY_LEDGER: Ledger = { read: 0n, written: 0n, parked: 0n, dropped: 0n }

/** Adds two ledgers, field by field. */
export const plus = (a: Ledger, b: Ledger): Ledger => ({
  read: a.read + b.read,
  written: a.written + b.written,
  parked: a.parked + b.parked,
  dropped: a.dropped + b.dropped,
})

/** Zero when the sheet balances: read = written + parked + dropped. */
export const imbalance = (l: Ledger): bigint => l.read - l.written - l.parked - l.dropped

import { expect, it } from 'vitest'
import { NO_TOTALS } from '../../../../../src/brokers/kafka/relay/claim.js'
import { LaneTotals } from '../../../../../src/brokers/kafka/work/lane-totals.js'

const done = (read: bigint) => ({ ...NO_TOTALS, read, written: read })

it('tells once what a commit of the run says more than its journal', () => {
  const totals = new LaneTotals(new Map([['3', { totals: done(90n) }]]))
  const recovered = totals.recover(3, { offset: 101, noted: done(100n) })
  expect(recovered).toEqual({ mark: '101', counts: done(10n) })
  expect(totals.recover(3, { offset: 101, noted: done(100n) })).toBeUndefined()
  expect(totals.after(3, done(5n))).toEqual(done(105n))
})

it('tells nothing where the journal knows it all', () => {
  const totals = new LaneTotals(new Map([['0', { totals: done(100n) }]]))
  expect(totals.recover(0, { offset: 100, noted: done(100n) })).toBeUndefined()
})

it('goes on by what it committed itself when a lane comes back', () => {
  const totals = new LaneTotals(new Map())
  totals.set(0, totals.after(0, done(40n)))
  expect(totals.recover(0, { offset: 40, noted: done(40n) })).toBeUndefined()
  expect(totals.after(0, undefined)).toEqual(done(40n))
})

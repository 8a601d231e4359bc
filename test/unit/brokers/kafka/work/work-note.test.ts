import { expect, it } from 'vitest'
import { NO_TOTALS } from '../../../../../src/brokers/kafka/relay/claim.js'
import { formatWorkNote, parseWorkNote } from '../../../../../src/brokers/kafka/work/work-note.js'

it.each([true, false])('reads back what it wrote (closed: %s)', closed => {
  const note = {
    run: '20261121-f',
    host: 'box',
    closed,
    ahead: 10_000,
    totals: { ...NO_TOTALS, read: 70n, written: 69n, parked: 1n },
  }
  expect(parseWorkNote(formatWorkNote(note))).toEqual(note)
})

it('is the text of the contract', () => {
  expect(formatWorkNote({ run: 'R', host: 'H', closed: false, ahead: 7, totals: NO_TOTALS })).toBe(
    'spillway-fanout R H open a=7 t=0,0,0,0,0,0,0,0',
  )
})

it.each([undefined, '', 'spillway R T H n=1', 'something else'])('takes %j for somebody else’s', metadata => {
  expect(parseWorkNote(metadata)).toBeUndefined()
})

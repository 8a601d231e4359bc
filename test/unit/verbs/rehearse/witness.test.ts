import { describe, expect, it } from 'vitest'
import { checkTestimony, Witness } from '../../../../src/verbs/rehearse/witness.js'

const numbered = (number: number): Buffer => Buffer.from(`${String(number).padStart(12, '0')}{"order":1}`)
const key = Buffer.from('customer-1')

const witnessOf = (records: number, numbers: readonly number[]): Witness => {
  const witness = new Witness(records)
  for (const number of numbers) witness.take(key, numbered(number))
  return witness
}

describe('the witness of a rehearsal', () => {
  it('is content with each number once and each key in order', () => {
    const witness = witnessOf(3, [0, 1, 2])
    expect(witness.testimony()).toEqual({ handled: 3, missing: 0, twice: 0, outOfOrder: 0 })
    expect(() => checkTestimony(witness.testimony())).not.toThrow()
  })

  it('lets another key be behind', () => {
    const witness = witnessOf(3, [1, 2])
    witness.take(Buffer.from('customer-2'), numbered(0))
    expect(witness.testimony()).toMatchObject({ outOfOrder: 0 })
  })

  it.each([
    ['missing', [0, 2], { missing: 1 }],
    ['there twice', [0, 1, 1, 2], { twice: 1 }],
    ['out of order', [0, 2, 1], { outOfOrder: 1 }],
  ])('sees what is %s, and refuses it', (_what, numbers, seen) => {
    const testimony = witnessOf(3, numbers).testimony()
    expect(testimony).toMatchObject(seen)
    expect(() => checkTestimony(testimony)).toThrow('did not get what was filled')
  })

  it('counts a value that was never filled as one too many', () => {
    const witness = witnessOf(1, [0])
    witness.take(key, null)
    expect(witness.testimony()).toMatchObject({ handled: 2, twice: 1 })
  })
})

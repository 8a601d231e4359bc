import { describe, expect, it } from 'vitest'
import { FAILPOINTS, makeFailpoint, parseFailpoint } from '../../../src/core/failpoint.js'

const killsAt = (text: string | undefined, passings: number): number[] => {
  const kills: number[] = []
  let passing = 0
  const failpoint = makeFailpoint(text, () => kills.push(passing))
  for (passing = 1; passing <= passings; passing++) {
    failpoint('before-produce')
    failpoint('after-produce')
  }
  return kills
}

describe('failpoint', () => {
  it('does nothing without the variable', () => {
    expect(killsAt(undefined, 3)).toEqual([])
    expect(killsAt('', 3)).toEqual([])
  })

  it('kills at the first passing, or at the n-th, and only there', () => {
    expect(killsAt('after-produce', 3)).toEqual([1])
    expect(killsAt('before-produce:3', 9)).toEqual([3])
    expect(killsAt('before-journal', 3)).toEqual([])
  })

  it.each(['before-lunch', 'before-produce:0', 'before-produce:x', 'before-produce:', 'toString'])(
    'refuses %s and lists the names',
    text => {
      expect(() => parseFailpoint(text)).toThrow(expect.objectContaining({ exitCode: 2, code: 'failpoint' }))
      const error = (() => {
        try {
          parseFailpoint(text)
        } catch (reason) {
          return reason
        }
      })()
      expect(error).toMatchObject({
        details: expect.arrayContaining([expect.objectContaining({ at: 'after-end-txn' })]),
      })
    },
  )

  it('describes each in one line', () => {
    for (const text of Object.values(FAILPOINTS)) expect(text).toMatch(/^[^\n]{10,100}$/)
  })
})

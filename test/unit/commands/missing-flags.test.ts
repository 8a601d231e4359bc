import { describe, expect, it } from 'vitest'
import { missingAsked, missingWords } from '../../../src/commands/missing-flags.js'
import { Problems } from '../../../src/commands/problems.js'
import { withoutPassword } from '../../../src/core/missing-from.js'

const asked = (missingFrom?: string, seenId?: string, hasKeys = true) => {
  const problems = new Problems()
  const flags = { ...(missingFrom === undefined ? {} : { missingFrom }), ...(seenId === undefined ? {} : { seenId }) }
  const found = missingAsked(flags, { hasKeys }, problems)
  problems.raise()
  return found
}

describe('--missing-from', () => {
  it('takes a path for a list, and an address for where a row would have been seen', () => {
    expect(asked('missing.txt')).toMatchObject({ kind: 'path', path: 'missing.txt' })
    expect(asked('/a/b.txt')).toMatchObject({ kind: 'path' })
    for (const text of ['file:seen.csv', 'archive:20261121-0152-k3f9', 'kafka://h:9092/t', 'mysql://h/d?table=t&id=i'])
      expect(asked(text, 'json:/id')).toMatchObject({ kind: 'place', text, seenId: { at: 'json' } })
    expect(asked()).toBeUndefined()
  })

  it.each([
    ['', undefined, true],
    ['postgres://h/d?table=t', undefined, true],
    ['postgres://h/d', undefined, true],
    ['missing.txt', undefined, false],
    [undefined, 'key', true],
    ['missing.txt', 'nowhere', true],
  ] as const)('refuses %s with --seen-id %s', (text, seenId, hasKeys) => {
    expect(() => asked(text, seenId, hasKeys)).toThrow(expect.objectContaining({ exitCode: 2 }))
  })

  it('is printed again without its password', () => {
    const given = asked('postgres://u:p@ss/w@h:5432/d?table=t&id=i', 'header:x')
    if (given === undefined) throw new TypeError('nothing was asked for')
    expect(missingWords(given)).toEqual([
      ['--missing-from', 'postgres://u@h:5432/d?table=t&id=i'],
      ['--seen-id', 'header:x'],
    ])
    expect(withoutPassword('kafka://u:secret@one:9092,two:9092/t?group=g')).toBe(
      'kafka://u@one:9092,two:9092/t?group=g',
    )
    expect(withoutPassword('file:a:b@c')).toBe('file:a:b@c')
  })
})

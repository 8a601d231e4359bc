import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { lookAtList } from '../../../src/reconcile/list-file.js'
import { openWanted } from '../../../src/reconcile/wanted.js'
import { folder } from './scene.js'

const LIST = 'a\r\n\nb c\n"q"\né\u2028x\n9007199254740993\na'
const IDS = ['a', 'b c', '"q"', 'é\u2028x', '9007199254740993']

describe('a list of what is missing', () => {
  it.each([
    ['in memory', 200_000],
    ['on disk', 2],
  ])('is asked id by id, %s', async (_, inMemory) => {
    const at = folder()
    writeFileSync(join(at, 'list.txt'), LIST)
    await lookAtList(join(at, 'list.txt'), join(at, 'copy.txt'))
    {
      await using wanted = await openWanted(join(at, 'copy.txt'), at, inMemory)
      expect(await wanted.has([...IDS, 'A', '', 'b', '9007199254740992'])).toEqual([
        ...IDS.map(() => true),
        ...[false, false, false, false],
      ])
      expect(await wanted.has([])).toEqual([])
      expect(await wanted.has(['a', 'a', 'x'])).toEqual([true, true, false])
    }
    expect(readdirSync(at).sort()).toEqual(['copy.txt', 'list.txt'])
  })

  it('is counted and kept as it is read, an id a line', async () => {
    const at = folder()
    writeFileSync(join(at, 'list.txt'), LIST)
    const look = await lookAtList(join(at, 'list.txt'))
    expect(look.ids).toBe(6)
    expect(await lookAtList(join(at, 'list.txt'), join(at, 'copy.txt'))).toEqual(look)
    expect(readFileSync(join(at, 'copy.txt'), 'utf8')).toBe(`${[...IDS, 'a'].join('\n')}\n`)
    expect(await lookAtList(join(at, 'copy.txt'))).toEqual(look)
    await expect(lookAtList(join(at, 'none.txt'), join(at, 'other.txt'))).rejects.toMatchObject({ exitCode: 2 })
    expect(readdirSync(at).sort()).toEqual(['copy.txt', 'list.txt'])
  })

  it('may be empty', async () => {
    const at = folder()
    writeFileSync(join(at, 'list.txt'), '')
    expect(await lookAtList(join(at, 'list.txt'))).toMatchObject({ ids: 0 })
    await using wanted = await openWanted(join(at, 'list.txt'), at)
    expect(await wanted.has(['a'])).toEqual([false])
  })
})

import { describe, expect, it } from 'vitest'
import { guarded, replaysOf } from '../../../src/replay/loop-guard.js'
import { aMessage, counted } from './a-message.js'

const plain = { run: 'R', provenance: false, maxReplays: 3 }

describe('the guard against loops', () => {
  it('adds nothing to a message that was never counted', () => {
    expect(guarded(aMessage(1), plain)).toEqual({ extra: [] })
  })

  it('goes on counting what was counted', () => {
    expect(guarded(aMessage(1, { headers: [counted('2')] }), plain)).toEqual({ extra: [['x-replay-count', '3']] })
  })

  it('counts dead letters from the first time on', () => {
    expect(guarded(aMessage(1), { ...plain, counts: true })).toEqual({ extra: [['x-replay-count', '1']] })
  })

  it('adds run and count with provenance', () => {
    expect(guarded(aMessage(1), { ...plain, provenance: true })).toEqual({
      extra: [
        ['x-replay-run', 'R'],
        ['x-replay-count', '1'],
      ],
    })
  })

  it('lets through no more what was replayed often enough', () => {
    const verdict = guarded(aMessage(1, { headers: [counted('3')] }), plain)
    expect(verdict).toEqual({ reason: expect.stringContaining('replayed 3 times already') })
  })

  it.each([
    [[], undefined],
    [[counted('1'), counted('2')], 2],
    [[counted('many')], undefined],
    [[['x-replay-count', null] as const], undefined],
  ])('reads %j as %s', (headers, count) => expect(replaysOf({ headers })).toBe(count))
})

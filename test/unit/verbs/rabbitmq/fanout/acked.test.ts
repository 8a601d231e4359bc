import { describe, expect, it } from 'vitest'
import { foundIn, foundInWords, type LaneLook } from '../../../../../src/verbs/rabbitmq/fanout/acked.js'

const AT = '2026-11-21T12:00:00.000Z'
const look = (more: Partial<LaneLook> = {}): LaneLook => ({
  lane: '00',
  planned: 100,
  ready: 40,
  isShared: false,
  journalled: 50,
  ...more,
})

describe('what was acked and not journalled', () => {
  it('is what is missing from the lanes, exactly, where nothing is added and nobody else takes from them', () => {
    const looks = [look(), look({ lane: '01', ready: 50 })]
    expect(foundIn(looks, 256, true)).toEqual({ acked: [{ lane: '00', messages: 10 }], more: 0 })
  })

  it('is at least what is missing where messages may have arrived', () => {
    expect(foundIn([look()], 256, false)).toEqual({ acked: [{ lane: '00', messages: 10 }], more: 246 })
    expect(foundIn([look({ ready: 70 })], 256, false)).toEqual({ acked: [], more: 256 })
  })

  it('is known only to be no more than the journal allows where others take from the lanes too', () => {
    expect(foundIn([look({ isShared: true })], 256, true)).toEqual({ acked: [], more: 256 })
    expect(foundIn([look({ planned: 1000 })], 256, true)).toEqual({ acked: [], more: 256 })
  })

  it('goes into the sheet as far as it is known, and the rest is told', () => {
    expect(foundInWords({ acked: [{ lane: '00', messages: 10 }], more: 0 }, AT)).toMatchObject([
      { type: 'settled', lane: '00', counts: { read: 10n, written: 10n, parked: 0n } },
    ])
    const [told] = foundInWords({ acked: [], more: 256 }, AT)
    expect(told).toMatchObject({
      type: 'warned',
      message: expect.stringMatching(/^acked but not journalled: at most 256 /),
    })
  })
})

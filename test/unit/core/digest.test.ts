import { describe, expect, it } from 'vitest'
import { canonicalJson, toPrettyJson } from '../../../src/core/canonical-json.js'
import { digestOf, signPlan, verifyPlan } from '../../../src/core/digest.js'

const PLAN = {
  ...{ kind: 'drain', version: 1, run: '20261121-0152-k3f9', compress: undefined },
  lanes: [{ lane: '0', from: '5', to: '9007199254740999', messages: 9_007_199_254_740_994n, targets: [0, 6] }],
  disk: [
    { node: 1, needBytes: 10n, freeBytes: 20n, boundBytes: 18n },
    { node: 2, needBytes: 10n },
  ],
  expect: { messages: 3n, bytes: 4n, pilesUp: 5n, copySeconds: [0.1, 2], growthPerSecond: 1.5 },
}

describe('canonicalJson', () => {
  it('sorts keys at every depth, writes bigints as text and leaves undefined out', () => {
    expect(canonicalJson({ b: [{ z: 1n, a: null }], a: undefined, Z: 'é' })).toBe('{"Z":"é","b":[{"a":null,"z":"1"}]}')
  })

  it('is the same before and after saving, whatever the order of keys', () => {
    const saved: unknown = JSON.parse(toPrettyJson(PLAN))
    expect(canonicalJson(saved)).toBe(canonicalJson(PLAN))
    expect(digestOf({ a: 1, b: 2 })).toBe(digestOf({ b: 2, a: 1 }))
    expect(digestOf({ a: 1 })).toMatch(/^sha256:[0-9a-f]{64}$/)
  })

  it('does not confuse a member named __proto__', () => {
    expect(canonicalJson(JSON.parse('{"__proto__":1}'))).toBe('{"__proto__":1}')
  })
})

describe('verifyPlan', () => {
  const text = toPrettyJson(signPlan(PLAN))

  it('gives a saved plan back with its bigints', () => {
    const plan = verifyPlan(text)
    expect(plan.lanes[0]?.messages).toBe(9_007_199_254_740_994n)
    expect(plan).toMatchObject({ disk: PLAN.disk })
    expect(plan.expect).toMatchObject({ pilesUp: 5n })
    expect(verifyPlan(JSON.parse(text))).toEqual(plan)
  })

  it('accepts a plan that was only formatted anew', () => {
    expect(verifyPlan(JSON.stringify(JSON.parse(text))).run).toBe(PLAN.run)
  })

  it.each([
    ['edited', text.replace('"to": "9007199254740999"', '"to": "9007199254741000"'), 4, 'plan-edited'],
    ['without a digest', toPrettyJson(PLAN), 4, 'plan-edited'],
    ['of another version', text.replace('"version": 1', '"version": 2'), 2, 'plan-version'],
    ['cut off', text.slice(0, 100), 2, 'plan-unreadable'],
    ['a list', '[]', 2, 'plan-unreadable'],
    ['empty', '', 2, 'plan-unreadable'],
  ])('refuses a plan that is %s', (_name, saved, exitCode, code) => {
    expect(() => verifyPlan(saved)).toThrow(
      expect.objectContaining({ exitCode, code, hint: expect.stringMatching(/./) }),
    )
  })
})

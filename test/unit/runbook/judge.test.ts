import { describe, expect, it } from 'vitest'
import { parseCondition } from '../../../src/runbook/condition.js'
import { judge } from '../../../src/runbook/judge.js'

const OUTPUT = JSON.stringify({
  state: 'complete',
  balanced: true,
  lag: '9007199254740993',
  rate: 1.5,
  zero: 0,
  none: null,
  refusals: [],
  lanes: [{ 'a b': 'x' }, {}],
})

const holds = (text: string, stdout = OUTPUT, exitCode = 0): boolean =>
  judge([parseCondition(text, 1)], { stdout, exitCode }).every(verdict => verdict.holds)

describe('a condition', () => {
  it.each([
    '.state is complete',
    '`.state` is `complete`',
    '.state is "complete"',
    '.state is not failed',
    '.balanced is true',
    '.lag is 9007199254740993',
    '.lag is not 9007199254740992',
    '.lag at least 9007199254740993',
    '.rate at most 1.5',
    '.rate is 1.50',
    '.zero is 0',
    '.none is null',
    '.none is empty',
    '.refusals is empty',
    '.refusals.length is 0',
    '.lanes is not empty',
    '.lanes[0]["a b"] is x',
    '.state.length is 8',
    'matches /"state":"(complete|done)"/',
    'matches /COMPLETE/i',
    'exit 0 or 3',
  ])('holds: %s', text => {
    expect(holds(text)).toBe(true)
  })

  it.each([
    '.state is Complete',
    '.balanced is false',
    '.lag is 9007199254740992',
    '.state at least 1',
    '.missing is empty',
    '.missing is not x',
    '.missing.deeper is 1',
    '.lanes[2] is empty',
    '.lanes is empty',
    '.toString is not x',
    'matches /COMPLETE/',
    'exit 3',
  ])('does not hold: %s', text => {
    expect(holds(text)).toBe(false)
  })

  it('wants exit code 0 unless it is written', () => {
    const ended = { stdout: OUTPUT, exitCode: 3 }
    expect(judge([parseCondition('.state is complete', 1)], ended).map(each => each.holds)).toEqual([false, true])
    expect(judge([parseCondition('exit 0 or 3', 1)], ended).map(each => each.holds)).toEqual([true])
    expect(judge([], ended)).toEqual([{ condition: 'exit 0', holds: false, seen: 'exit 3' }])
  })

  it('says what it saw', () => {
    const [, ...seen] = judge([parseCondition('.state is x', 1), parseCondition('.nothing is x', 1)], {
      stdout: OUTPUT,
      exitCode: 0,
    })
    expect(seen.map(each => each.seen)).toEqual(['it is "complete"', 'there is no .nothing'])
    expect(judge([parseCondition('.a is x', 1)], { stdout: 'oops', exitCode: 0 })[1]?.seen).toBe(
      'the output is not JSON',
    )
  })
})

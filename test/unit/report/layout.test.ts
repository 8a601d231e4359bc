import { describe, expect, it } from 'vitest'
import { facts, item, wrap } from '../../../src/report/layout.js'

describe('wrap', () => {
  it('breaks at blanks, and never within a command in backticks', () => {
    expect(wrap('Set it with `spillway set RUN rate=5k`, then look.', 12)).toEqual([
      'Set it with',
      '`spillway set RUN rate=5k`,',
      'then look.',
    ])
  })

  it('takes a lone backtick for a letter', () => {
    expect(wrap('a ` b c', 3)).toEqual(['a `', 'b c'])
  })

  it('keeps the mark of an entry that says nothing', () => {
    expect(facts([['label', '']])).toEqual(['label  '])
  })
})

it('keeps the command of a refusal whole', () => {
  const command = `rabbitmqctl set_policy -p '/' --priority 8 ${'x'.repeat(80)}`
  const lines = item(
    '!!! 1. ',
    `Policy short puts message-ttl on the lanes. Put one above it: \`${command}\`; then go on.`,
  )
  expect(lines.some(line => line.includes(command))).toBe(true)
})

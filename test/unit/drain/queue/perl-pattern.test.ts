import { describe, expect, it } from 'vitest'
import { perlPattern } from '../../../../src/drain/queue/policies/perl-pattern.js'

describe('perlPattern', () => {
  it.each([
    ['.*', 'orders', true],
    ['^orders', 'orders.spill.x.00', true],
    ['^orders$', 'orders.spill.x.00', false],
    ['\\Aorders\\z', 'orders', true],
    ['\\Aorders\\Z', 'orders.spill', false],
    ['orders\\.spill\\.', 'orders.spill.x.00', true],
    ['(?i)^ORDERS', 'orders', true],
    ['^ORDERS', 'orders', false],
    ['^[[:alpha:]]+$', 'orders', true],
    ['^[[:digit:]]+$', 'orders', false],
    ['^(?!orders\\.spill)', 'orders.spill.x.00', false],
    ['\\d{2}$', 'orders.spill.x.00', true],
    ['ü', 'grüße', true],
    ['^gr..?.?e', 'grüe', true],
    ['', 'anything', true],
  ])('%s on %s is %s', (pattern, name, matches) => {
    expect(perlPattern(pattern)?.(name)).toBe(matches)
  })

  it.each(['(?>a)', 'a++', '\\Kx', '\\Qa.b\\E', '\\h', '[[:^alpha:]]', '(', '(?x) a b', '(?P<n>a)', '\\1', 'a\\pL'])(
    'does not judge %s',
    pattern => {
      expect(perlPattern(pattern)).toBeUndefined()
    },
  )
})

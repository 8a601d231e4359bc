import { describe, expect, it } from 'vitest'
import { quote } from 'zx/core'
import { UserError } from '../../../src/errors.js'
import { chainOf } from '../../../src/runbook/chain.js'
import { chainStepText } from '../../../src/runbook/chain-text.js'
import { valuesOf } from '../../../src/runbook/values.js'
import { aRunbook } from './a-runbook.js'

const given = (values: Record<string, string>) => new Map(Object.entries(values))
const kept = given

const detailsOf = (work: () => unknown): string[] => {
  try {
    work()
  } catch (error) {
    if (error instanceof UserError) return error.details.map(({ at, message }) => `${at}: ${message}`)
  }
  throw new Error('no UserError')
}

describe('values', () => {
  it('are those given, and defaults', () => {
    const values = valuesOf(aRunbook(), { given: given({ host: 'h' }), kept: new Map(), from: 1 })
    expect([...values]).toEqual([
      ['host', 'h'],
      ['flags', ['--graceful']],
    ])
  })

  it('are all named that are missing, wrong or unknown', () => {
    expect(
      detailsOf(() => valuesOf(aRunbook(), { given: given({ hots: 'h', flags: '"a' }), kept: new Map(), from: 2 })),
    ).toEqual([
      'hots: the runbook has no such parameter. Did you mean host?',
      'host: it is missing: host to restart on. Give --set host=worker-1',
      expect.stringContaining('flags: ""a" has a quote that is not closed'),
      'run: it comes from step 1 (look), which is left out. Give --set run=VALUE, or --record ID.',
    ])
  })

  it('of earlier steps come from the record, or are given', () => {
    const filling = { given: given({ host: 'h' }), kept: kept({ run: 'r1' }), from: 2 }
    expect(valuesOf(aRunbook(), filling).get('run')).toBe('r1')
    expect(
      valuesOf(aRunbook(), { ...filling, given: given({ host: 'h', run: 'r2' }), kept: new Map() }).get('run'),
    ).toBe('r2')
  })

  it('that would be flags are refused', () => {
    expect(
      detailsOf(() => valuesOf(aRunbook(), { given: given({ host: '--execute' }), kept: new Map(), from: 1 })),
    ).toEqual([expect.stringContaining('would be taken for a flag')])
  })
})

describe('the chain', () => {
  const values = valuesOf(aRunbook(), { given: given({ host: 'a; b' }), kept: new Map(), from: 1 })
  const chain = chainOf(aRunbook(), { values, quote })

  it('has each step with its real command, gate, expectation and way back', () => {
    expect(
      chain.map(({ command, gate, expect: wanted, wayBack, keeps, changes }) => ({
        command,
        gate,
        wanted,
        wayBack,
        keeps,
        changes,
      })),
    ).toEqual([
      { command: "look $'a; b'", gate: null, wanted: ['exit 0'], wayBack: null, keeps: ['run'], changes: false },
      {
        command: "restart $'a; b' --graceful --run ${run}",
        gate: { command: "status $'a; b'", conditions: ['exit 0 or 3', '.jobs is 0'] },
        wanted: ['exit 0', '.state is running'],
        wayBack: "start $'a; b'",
        keeps: [],
        changes: true,
      },
    ])
  })

  it('shows no password', () => {
    const secret = new Map(values).set('host', 'amqp://ops:hunter2@h/q')
    expect(JSON.stringify(chainOf(aRunbook(), { values: secret, quote }))).not.toContain('hunter2')
  })

  it('is shown as text', () => {
    expect(chain.map(chainStepText).join('\n')).toBe(`1. Look (look)  only reads
             $ look $'a; b'
   expect    exit 0
   keeps     run

2. Restart the worker (restart-the-worker)  CHANGES
             $ restart $'a; b' --graceful --run \${run}
   gate      $ status $'a; b'
               exit 0 or 3
               .jobs is 0
   expect    exit 0, .state is running
   way back  start $'a; b'
`)
  })
})

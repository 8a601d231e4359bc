import { describe, expect, it } from 'vitest'
import type { ReplayOptions, SourceLook, TargetLook } from '../../../src/replay/plan/options.js'
import { planReplay } from '../../../src/replay/plan.js'
import { describeReplay } from '../../../src/report/replay-plan-text.js'

const SOURCE: SourceLook = {
  source: 'archive:A',
  from: { kind: 'archive', run: 'A' },
  system: 'rabbitmq',
  lanes: [{ lane: 'orders', from: '0', to: '3000', messages: 3000n }],
  bytes: 40_000n,
  warnings: [],
}
const TARGET: TargetLook = {
  system: 'rabbitmq',
  target: 'origin',
  place: 'amqp://h:5672//orders',
  clusterId: 'r',
  warnings: [],
}
const OPTIONS: ReplayOptions = {
  run: '20261121-0152-k3f9',
  now: new Date(0),
  transactions: true,
  provenance: false,
  maxReplays: 3,
}

/** As one line: where it is broken does not matter. */
const text = (options: Partial<ReplayOptions> = {}, refusals: readonly string[] = []): string =>
  describeReplay(planReplay({ source: SOURCE, target: TARGET, refusals }, { ...OPTIONS, ...options }), {
    command: 'spillway replay archive:A --to origin',
    zone: 'UTC',
  }).replace(/\s+/g, ' ')

describe('the plan of a replay as text', () => {
  it('says what is sent, where to, how, and that nothing has changed yet', () => {
    for (const words of [
      'Send 3,000 messages (about 39.1 KiB) of archive:A again, each back to where it came from (amqp://h:5672//orders).',
      'with publisher confirms and mandatory',
      'after a kill up to 500 a lane',
      'none: what is sent is sent.',
      'ORIGINALS: may start',
      'spillway replay archive:A --to origin --execute',
    ])
      expect(text()).toContain(words)
  })

  it('names what is asked for', () => {
    const filter = { from: '2026-01-31T08:00:00.000Z', keys: ['a'], ids: ['1', '2', '3', '4'] }
    for (const words of ['Send up to 3,000', 'from 2026-01-31 08:00 UTC on', 'Only key a', 'Only 4 ids'])
      expect(text({ filter })).toContain(words)
  })

  it('says what refuses it', () => expect(text({}, ['the archive is damaged'])).toContain('the archive is damaged'))
})

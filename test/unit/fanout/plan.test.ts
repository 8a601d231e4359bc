import { describe, expect, it } from 'vitest'
import { toPrettyJson } from '../../../src/core/canonical-json.js'
import { verifyDrainPlan, verifyPlan } from '../../../src/core/digest.js'
import { foldRun, NOTHING_YET } from '../../../src/core/fold.js'
import { toEnvelope } from '../../../src/core/to-envelope.js'
import { unreadBehind } from '../../../src/core/unread.js'
import { takesInWords } from '../../../src/fanout/plan/takes.js'
import { planFanout } from '../../../src/fanout/plan.js'
import { describeFanout } from '../../../src/report/fanout-plan-text.js'
import { aLook, aQueueLook, aSourceLook, DRAIN, someFanoutOptions } from './a-look.js'

const words = (lines: readonly string[]) => lines.join('\n')

describe('planFanout', () => {
  it('works lanes in the order of keys, and says who is next', () => {
    const plan = planFanout(aLook(), someFanoutOptions())
    expect(plan).toMatchObject({ kind: 'fanout', order: 'key', of: DRAIN, target: 'exec:./handle.sh' })
    expect(plan.steps.map(step => step.undo)).toContain('no undo: what is handled is handled')
    expect(plan.steps.at(-1)?.title).toContain(`spillway restore ${DRAIN}`)
  })

  it('is a plan that can be kept: the same JSON, the same digest, its bigints back', () => {
    const plan = planFanout(aLook(), someFanoutOptions({ rate: { messages: 5 }, pace: { maxRate: 9 } }))
    expect(verifyPlan(toPrettyJson(plan))).toEqual(plan)
    expect(() => verifyPlan({ ...JSON.parse(toPrettyJson(plan)), workers: 5 })).toThrow('edited')
  })

  it('is none that a verb for drains takes, and the hint names the drain', () => {
    const text = toPrettyJson(planFanout(aLook(), someFanoutOptions()))
    expect(() => verifyDrainPlan(text)).toThrow(expect.objectContaining({ code: 'not-a-drain', exitCode: 2 }))
    expect(() => verifyDrainPlan(text)).toThrow(expect.objectContaining({ hint: expect.stringContaining(DRAIN) }))
  })

  it('keeps no order of queues that have no key, and refuses one that needs it', () => {
    expect(planFanout(aQueueLook(), someFanoutOptions())).toMatchObject({ order: 'none' })
    expect(planFanout(aQueueLook({ key: 'header:customer' }), someFanoutOptions())).toMatchObject({ order: 'key' })
    expect(() => planFanout(aQueueLook(), someFanoutOptions({ order: 'key' }))).toThrow('where the key is')
  })

  it('tells of a source where the originals start, and that a run of it cannot be undone', () => {
    const plan = planFanout(aSourceLook(), someFanoutOptions())
    expect(words(plan.steps.map(step => step.title))).toContain('0 to 1500, 1 to 2000')
    const text = describeFanout(plan, { zone: 'UTC', command: 'spillway fanout X' })
    expect(text).toContain('WHERE THE ORIGINALS START')
    expect(text).toMatch(/^1 +0 +2000$/m)
    expect(text).toContain('Undo       none: what is handled is handled.')
    expect(text).toContain('systemctl stop billing')
  })
})

describe('the warnings of a fan-out', () => {
  const warnings = (...parts: Parameters<typeof planFanout>) => words(planFanout(...parts).warnings)

  it('begin with what at least once asks of a handler', () => {
    expect(planFanout(aLook(), someFanoutOptions()).warnings[0]).toContain('SPILLWAY_ID')
  })

  it('say what an order costs', () => {
    expect(warnings(aLook(), someFanoutOptions({ order: 'none' }))).toContain('in either order')
    expect(warnings(aLook(), someFanoutOptions({ order: 'lane', workers: 40 }))).toContain('at most 6 at once, not 40')
    expect(warnings(aSourceLook(), someFanoutOptions())).toContain('cost key order')
  })

  it('name the key that no number of workers makes faster', () => {
    const hottest = { key: 'c-1', share: 0.25 }
    expect(warnings(aSourceLook({ hottest }), someFanoutOptions())).toContain('Key c-1 has 25% of the backlog: its 750')
    expect(warnings(aSourceLook({ hottest }), someFanoutOptions({ order: 'none' }))).not.toContain('c-1')
  })

  it('tell of a drain that still copies, of others at work, and of ids made from bytes', () => {
    expect(warnings(aLook({ isWhole: false }), someFanoutOptions())).toContain(`Drain ${DRAIN} is not complete`)
    expect(warnings(aLook({ others: ['app-1 at 10.0.0.7'] }), someFanoutOptions())).toContain('app-1 at 10.0.0.7')
    expect(warnings(aQueueLook(), someFanoutOptions())).toContain('message-id')
    expect(warnings(aLook(), someFanoutOptions())).not.toContain('message-id')
  })
})

describe('how long a fan-out takes', () => {
  it('is unknown, with what it would come to', () => {
    const plan = planFanout(aSourceLook(), someFanoutOptions({ workers: 3, concurrency: 10 }))
    expect(takesInWords(plan)).toBe(
      'unknown until the handler runs: 1 s at 10 ms a message, 10 s at 100 ms a message, 30 at once.',
    )
  })

  it('has a floor where a rate bounds it', () => {
    const plan = planFanout(aSourceLook(), someFanoutOptions({ rate: { messages: 30 } }))
    expect(takesInWords(plan)).toContain('Not less than 100 s: at most 30/s are let through.')
  })
})

describe('the text of a plan', () => {
  it('keeps to 80 columns but for commands and tables', () => {
    const options = someFanoutOptions({ handler: { kind: 'exec', command: 'handle' } })
    for (const look of [aLook(), aSourceLook(), aQueueLook()]) {
      const text = describeFanout(planFanout(look, options), {
        zone: 'UTC',
        command: 'spillway fanout X',
        takes: 'unknown',
      })
      expect(text.split('\n').filter(line => line.length > 80 && !/spillway|kubectl/.test(line))).toEqual([])
    }
  })

  it('ends in the command, or in what refuses it', () => {
    const view = { zone: 'UTC', command: 'spillway fanout X' }
    const plan = planFanout(aLook(), someFanoutOptions())
    expect(describeFanout(plan, view)).toMatch(/To run it:\nspillway fanout X --execute\n$/)
    const refused = describeFanout({ ...plan, refusals: ['It is so.'] }, view)
    expect(refused).toContain('!!! REFUSED')
    expect(refused).toMatch(/refuse now: 1 reason, see above\.\n$/)
  })
})

describe('the envelope of a fan-out', () => {
  const plan = planFanout(aLook(), someFanoutOptions())
  const at = plan.plannedAt
  const counts = { read: 40n, written: 38n, parked: 2n, dropped: 0n, holes: 0n, markers: 0n, aborted: 0n, bytes: 0n }
  const half = [
    { type: 'opened', at, lane: '0', from: '0', to: '101' } as const,
    { type: 'settled', at, lane: '0', mark: '40', counts } as const,
  ].reduce(foldRun, NOTHING_YET)

  it('has the lanes of what is read, and the handler as its target', () => {
    const envelope = toEnvelope(plan, half, { alive: true, now: new Date(at), originals: 'x' })
    expect(envelope).toMatchObject({ verb: 'fanout', target: 'exec:./handle.sh', source: plan.source, balanced: true })
    expect(envelope.lanes).toHaveLength(6)
    expect(envelope.lanes[0]).toMatchObject({ lane: '0', read: 40n, written: 38n })
  })

  it('counts as unread what is not handled, and nothing of a finished lane, by whomever', () => {
    expect(unreadBehind(plan, NOTHING_YET)).toBe(600n)
    expect(unreadBehind(plan, half)).toBe(560n)
    const others = ['1', '2', '3', '4'].map(lane => ({ type: 'finished', at, lane, mark: '101' }) as const)
    expect(unreadBehind(plan, others.reduce(foldRun, half))).toBe(162n)
  })
})

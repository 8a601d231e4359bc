import { describe, expect, it } from 'vitest'
import { murmur2 } from '../../../src/core/murmur2.js'
import { planDrain } from '../../../src/drain/plan.js'
import { laneFor } from '../../../src/drain/route.js'
import { drainedTo } from '../../../src/ledger/drained-to.js'
import { subjectOf } from '../../../src/ledger/subject.js'
import { aSurvey, someOptions } from '../drain/a-survey.js'

const subject = (id: string, key?: string) => {
  const { position, ...rest } = subjectOf(id, key === undefined ? undefined : Buffer.from(key))
  if (position === undefined) throw new Error(`${id} is no position`)
  return { ...rest, position }
}

describe('drainedTo', () => {
  it('computes the partition of a key as the drain does', () => {
    const plan = planDrain(aSurvey(), someOptions())
    for (const key of ['a', 'customer-7', '', 'Zürich']) {
      const hash = murmur2(Buffer.from(key), 0, Buffer.byteLength(key))
      const lane = laneFor(2, 3, 10, hash)
      expect(drainedTo(plan, subject('orders/2/900', key))).toMatchObject({ lane, where: `${plan.target}/${lane}` })
    }
  })

  it('names the candidates without a key, and asks for it', () => {
    const { where, lane, detail } = drainedTo(planDrain(aSurvey(), someOptions()), subject('orders/2/900'))
    expect(lane).toBeUndefined()
    expect(where).toMatch(/orders\.spill/)
    expect(detail).toContain('2, 5, 8, 11, 14, 17, 20, 23, 26, 29: --key tells which')
  })

  it('says of a drain without order that nothing tells', () => {
    const plan = planDrain(aSurvey(), someOptions({ order: 'none' }))
    expect(drainedTo(plan, subject('orders/0/900', 'k')).detail).toContain('without order nothing tells which')
  })

  it('counts by offset where a drain without order counts', () => {
    const plan = planDrain(aSurvey(), someOptions({ order: 'none', guarantee: 'counting' }))
    expect(drainedTo(plan, subject('orders/1/127')).lane).toBe(1)
    expect(drainedTo(plan, subject('orders/1/128')).lane).toBe(4)
  })
})

describe('subjectOf', () => {
  it('takes TOPIC/PARTITION/OFFSET for a position, and nothing else', () => {
    expect(subjectOf('orders/3/12').position).toEqual({ topic: 'orders', lane: '3', offset: 12n })
    for (const id of ['orders', 'orders/3', 'orders/03/1', 'orders/3/-1', 'a b/3/1', 'sha256:00', 'x/orders/3/1'])
      expect(subjectOf(id).position).toBeUndefined()
  })
})

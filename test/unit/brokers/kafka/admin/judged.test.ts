import { describe, expect, it } from 'vitest'
import { judged } from '../../../../../src/brokers/kafka/admin/describe-group.js'

const identity = { id: 'billing', protocol: 'classic', coordinator: 1 } as const
const member = { id: 'm-1', clientId: 'c', host: '/10.0.0.1' }
const verdict = (state: string, members = [member]) =>
  judged({ state, protocolType: 'consumer', members }, identity).verdict

describe('judged', () => {
  it('is idle only when positively Empty', () => {
    expect(verdict('Empty', [])).toBe('idle')
    expect(verdict('Empty')).toBe('live')
  })

  it.each(['Stable', 'PreparingRebalance', 'Assigning', 'Reconciling'])('is live while %s', state => {
    expect(verdict(state, [])).toBe('live')
  })

  it.each(['Dead', 'Unknown', '', 'Something new'])('is unsure about %j', state => {
    expect(verdict(state, [])).toBe('unsure')
  })
})

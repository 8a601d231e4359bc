import { expect, it } from 'vitest'
import { offsetsExpiry } from '../../../../../src/brokers/kafka/survey/expiry.js'
import type { GroupView } from '../../../../../src/core/survey.js'

const empty: GroupView = {
  id: 'g',
  exists: true,
  protocol: 'classic',
  state: 'Empty',
  protocolType: 'consumer',
  members: [],
  verdict: 'idle',
  coordinator: 1,
}
const DAY = 86_400_000
const now = Date.UTC(2026, 2, 10)

it('bounds the expiry by now and by the newest record that the group read', () => {
  const lastRead = [now - 3 * DAY, now - 2 * DAY, -1]
  expect(offsetsExpiry(empty, { now, retentionMinutes: 7 * 1440, lastRead })).toEqual({
    latest: '2026-03-17T00:00:00.000Z',
    earliest: '2026-03-15T00:00:00.000Z',
  })
})

it('has no lower bound where no read record is left', () => {
  expect(offsetsExpiry(empty, { now, retentionMinutes: 1440, lastRead: [] })).toEqual({
    latest: '2026-03-11T00:00:00.000Z',
  })
})

it('does not run for a live group, and is unknown where the brokers do not tell the setting', () => {
  expect(offsetsExpiry({ ...empty, verdict: 'live' }, { now, retentionMinutes: 1440, lastRead: [] })).toEqual({})
  expect(offsetsExpiry(empty, { now, lastRead: [] })).toEqual({})
})

it('counts from the oldest commit where the group is of the new protocol', () => {
  const lastRead = [now - 3 * DAY, now - 2 * DAY]
  const expiry = offsetsExpiry({ ...empty, protocol: 'consumer' }, { now, retentionMinutes: 7 * 1440, lastRead })
  expect(expiry.earliest).toBe('2026-03-14T00:00:00.000Z')
})
